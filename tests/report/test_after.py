"""What people keep, before and after the log is gone, under each trace policy, and who may see it."""

import asyncio
import http.client
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.engine.commands import (
    AcceptContract,
    ChooseClient,
    Close,
    Command,
    End,
    KeepIdea,
    Next,
    OpenDoors,
    Start,
    Write,
)  # fmt: skip
from app.engine.events import Invited, SessionPlanned, Trace
from app.engine.ids import CLOCK, SERVER, Actor, CommandId, EntryId, GroupId, PersonId
from app.engine.protocol import Kind
from app.engine.state import Status as SessionStatus
from app.main import Parts
from app.rehearsal.browser import Browser, Page
from app.usecases.follow_up import FollowUp
from app.usecases.links import hash_of
from app.usecases.ports import Erased
from app.usecases.records import DocumentKind, Status, WebSession
from app.usecases.write_report import close_session
from tests.fakes import FakeClock
from tests.realtime.table import CONSULTANTS, FACILITATOR, Table, a_table, secret_of, served

CLIENT, OTHER, THIRD = CONSULTANTS[0], CONSULTANTS[1], CONSULTANTS[2]
SECRET = "Une phrase que personne d’autre ne doit lire"


@pytest.fixture
async def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def parts(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Parts]:
    async with served(tmp_path, clock) as running:
        yield running


async def _do(table: Table, who: Actor, command: Command) -> None:
    table.made += 1
    await table.parts.rooms.do(table.session, who, command, CommandId(f"test-{table.made}"))


async def _ended(parts: Parts, trace: Trace) -> Table:
    """Hold a short session: a client with a plan and a kept idea, another with learnings, a third with nothing."""
    table = await _traced_table(parts, trace)
    await _do(table, CLOCK, OpenDoors())
    await _do(table, FACILITATOR, ChooseClient(CLIENT))
    await _do(table, FACILITATOR, Start())
    session = await parts.rooms.session(table.session)
    while session.slot is not None and session.slot.phase.id != "consultation":
        if session.slot.phase.id == "contract":
            await _accept(table)
        await _do(table, FACILITATOR, Next(session.slot.key))
        session = await parts.rooms.session(table.session)
    await _do(table, OTHER, Write(EntryId("idea-1"), Kind.IDEA, "Commencer par ce qui ne change pas"))
    await _do(table, OTHER, Write(EntryId("idea-2"), Kind.IDEA, "Une idée laissée"))
    await _do(table, CLIENT, KeepIdea(EntryId("idea-1")))
    await _do(table, FACILITATOR, End())
    details = {"when": "lundi", "follow_up": "2026-12-17"}
    await _do(table, CLIENT, Write(EntryId("step-1"), Kind.ACTION, "Écrire les trois colonnes", details))
    for person in (CLIENT, OTHER):
        text = f"{SECRET} ({person})"
        await _do(
            table, person, Write(EntryId(f"learned-{person}"), Kind.LEARNING, text, {"a4": "learnings"})
        )
    for number, person in enumerate((FACILITATOR, *CONSULTANTS)):
        stars = {"helped": "5", "frame": str(number % 5 + 1)}
        await _do(table, person, Write(EntryId(f"stars-{person}"), Kind.RATING, "", stars))
    return table


async def _accept(table: Table) -> None:
    request = EntryId("request")
    await _do(table, CLIENT, Write(request, Kind.CONTRACT, "Aidez-moi à annoncer la réorganisation."))
    await _do(table, CLIENT, AcceptContract(request))
    await _do(table, FACILITATOR, AcceptContract(request))


async def _traced_table(parts: Parts, trace: Trace) -> Table:
    table = await a_table(parts, "seed")
    seed = await parts.directory.find_session(table.session)
    protocol = await parts.protocols.find("codev-75")
    assert seed is not None
    assert protocol is not None
    name = f"session-{trace.value.replace('+', '-')}"
    session = type(seed.id)(name)
    people = (*(Invited(each, each.title()) for each in CONSULTANTS),)
    host = next(each for each in (await parts.rooms.session(seed.id)).people if each.id == FACILITATOR)
    planned = SessionPlanned(
        session, "Atelier", 2, protocol.id, protocol.content_hash, "fr", "Europe/Paris", seed.starts_at,
        (Invited(host.id, host.name, host.role), *people), trace,
    )  # fmt: skip
    await parts.rooms.begin(planned, CommandId(f"plan-{name}"), FACILITATOR)
    await parts.directory.save_session(replace(seed, id=session, number=2, trace=trace.value))
    made = Table(parts, session, origin=parts.settings.origin)
    for person in made.people:
        await _let_in(parts, made, person)
    return made


async def _let_in(parts: Parts, table: Table, person: PersonId) -> None:
    now = parts.clock.now()
    web = WebSession(
        hash_of(secret_of(table.session, person)), person, table.session, now, now + timedelta(days=1)
    )
    await parts.directory.add_web_session(web)


def _browser(table: Table, person: PersonId, lang: str = "fr") -> Browser:
    browser = Browser(table.origin, table.origin, lang)
    browser.cookies[f"seat-{table.session}"] = secret_of(table.session, person)
    return browser


async def _page(table: Table, person: PersonId, path: str = "", lang: str = "fr") -> Page:
    return await _browser(table, person, lang).get(f"/after/{table.session}{path}")


async def _close(parts: Parts, clock: FakeClock, table: Table) -> None:
    clock.advance(minutes=11)
    await _do(table, SERVER, Close())
    await close_session(table.session, parts.rooms, parts.log, parts.directory, clock)


async def test_the_client_reads_their_plan_and_nobody_elses_words(parts: Parts) -> None:
    table = await _ended(parts, Trace.CLIENT_AND_LEARNINGS)
    text = (await _page(table, CLIENT)).body.decode()
    assert "Un petit pas" in text
    assert "Écrire les trois colonnes" in text
    assert "Commencer par ce qui ne change pas" in text
    assert "Une idée laissée" not in text
    assert f"{SECRET} ({CLIENT})" in text
    assert f"({OTHER})" not in text


async def test_a_consultant_reads_their_learnings_and_not_the_plan(parts: Parts) -> None:
    table = await _ended(parts, Trace.CLIENT_AND_LEARNINGS)
    text = (await _page(table, OTHER, lang="en")).body.decode()
    assert f"{SECRET} ({OTHER})" in text
    assert "Écrire les trois colonnes" not in text
    assert "Commencer par" not in text
    assert (await _page(table, OTHER, "/plan.pdf")).status == 404
    assert (await _page(table, OTHER, "/learnings.pdf")).body.startswith(b"%PDF-")
    assert (await _page(table, CLIENT, "/learnings.pdf")).status == 404


async def test_what_is_about_to_be_kept_is_never_said_to_be_gone(parts: Parts, clock: FakeClock) -> None:
    table = await _ended(parts, Trace.CLIENT)
    planned = await parts.directory.find_session(table.session)
    assert planned is not None
    clock.advance(minutes=11)
    await _do(table, SERVER, Close())  # the worker writes the documents a moment later
    use = FollowUp(parts.rooms, parts.directory, parts.documents, clock, parts.ids)
    standing = await use.find(planned, CLIENT)
    assert standing.report is not None
    assert standing.report.actions[0].title == "Écrire les trois colonnes"
    assert standing.erased_at is None
    assert (await use.find(planned, OTHER)).report is None


async def test_strangers_find_nothing(parts: Parts) -> None:
    table = await _ended(parts, Trace.CLIENT_AND_LEARNINGS)
    stranger = Browser(table.origin, table.origin, "fr")
    for path in ("", "/plan.pdf", "/learnings.pdf", "/mine.md", "/mine.json"):
        assert (await stranger.get(f"/after/{table.session}{path}")).status == 404
    for path in ("plan", "learnings", "stars"):
        assert (await stranger.post(f"/after/{table.session}/{path}", {"helped": "1"})).status == 404


async def test_before_the_end_the_page_leads_to_the_room(parts: Parts) -> None:
    table = await _traced_table(parts, Trace.CLIENT)
    page = await _page(table, CLIENT)
    assert (page.status, page.location) == (303, f"/room/{table.session}")


async def test_what_is_corrected_before_the_close_is_what_is_kept(parts: Parts, clock: FakeClock) -> None:
    table = await _ended(parts, Trace.CLIENT_AND_LEARNINGS)
    form = {"0-id": "step-1", "0-title": "Un pas mieux dit", "0-when": "mardi", "1-title": "Un second pas"}
    assert (await _browser(table, CLIENT).post(f"/after/{table.session}/plan", form)).status == 303
    learned = {"learnings": "Mieux dit", "applications": "Dès lundi"}
    assert (await _browser(table, CLIENT).post(f"/after/{table.session}/learnings", learned)).status == 303
    await _close(parts, clock, table)
    text = (await _page(table, CLIENT)).body.decode()
    assert "Deux petits pas" in text
    for said in ("Un pas mieux dit", "mardi", "Un second pas", "Mieux dit", "Dès lundi"):
        assert said in text
    assert SECRET not in text


async def test_what_is_kept_can_still_be_corrected_by_its_reader(parts: Parts, clock: FakeClock) -> None:
    table = await _ended(parts, Trace.CLIENT_AND_LEARNINGS)
    await _close(parts, clock, table)
    form = {"0-id": "step-1", "0-title": "Corrigé après coup"}
    assert (await _browser(table, CLIENT).post(f"/after/{table.session}/plan", form)).status == 303
    assert (await _browser(table, OTHER).post(f"/after/{table.session}/plan", form)).status == 303
    assert "Corrigé après coup" in (await _page(table, CLIENT)).body.decode()
    assert "Corrigé après coup" not in (await _page(table, OTHER)).body.decode()
    assert (await _page(table, CLIENT, "/plan.pdf")).body.startswith(b"%PDF-")


async def test_a_correction_between_the_close_and_the_workers_writing_is_kept(
    parts: Parts, clock: FakeClock
) -> None:
    table = await _ended(parts, Trace.CLIENT_AND_LEARNINGS)
    clock.advance(minutes=11)
    await _do(table, SERVER, Close())  # the worker writes the documents a moment later
    form = {"0-id": "step-1", "0-title": "Corrigé à la dernière seconde"}
    learned = {"learnings": "Dit à la dernière seconde"}
    third = CONSULTANTS[-1]  # who had written nothing so far
    assert (await _browser(table, CLIENT).post(f"/after/{table.session}/plan", form)).status == 303
    assert (await _browser(table, CLIENT).post(f"/after/{table.session}/learnings", learned)).status == 303
    assert (await _browser(table, third).post(f"/after/{table.session}/learnings", learned)).status == 303
    assert "Corrigé à la dernière seconde" in (await _page(table, CLIENT)).body.decode()
    await close_session(table.session, parts.rooms, parts.log, parts.directory, clock)
    text = (await _page(table, CLIENT)).body.decode()
    for said in (
        "Corrigé à la dernière seconde",
        "Dit à la dernière seconde",
        "Commencer par ce qui ne change",
    ):
        assert said in text
    assert SECRET not in text
    assert "Dit à la dernière seconde" in (await _page(table, third)).body.decode()
    assert f"{SECRET} ({OTHER})" in (await _page(table, OTHER)).body.decode()


async def test_a_page_left_open_until_the_close_loses_nothing_or_says_so(
    parts: Parts, clock: FakeClock
) -> None:
    """Who had written nothing has no document; a text that comes after the close begins one, where traces are kept."""
    third, learned = CONSULTANTS[-1], {"learnings": "Écrit lentement"}
    table = await _ended(parts, Trace.CLIENT_AND_LEARNINGS)
    await _close(parts, clock, table)
    assert (await _browser(table, third).post(f"/after/{table.session}/learnings", learned)).status == 303
    assert "Écrit lentement" in (await _page(table, third)).body.decode()


async def test_where_nothing_may_remain_a_late_correction_is_refused_in_words(
    parts: Parts, clock: FakeClock
) -> None:
    table = await _ended(parts, Trace.CLIENT)
    clock.advance(minutes=11)
    await _do(table, SERVER, Close())
    late = {"learnings": "Trop tard"}
    page = await _browser(table, OTHER).post(f"/after/{table.session}/learnings", late)
    assert page.status == 409
    assert 'role="alert"' in page.body.decode()
    await close_session(table.session, parts.rooms, parts.log, parts.directory, clock)
    assert (await _browser(table, OTHER).post(f"/after/{table.session}/learnings", late)).status == 409
    assert (await parts.documents.find(table.session, OTHER, DocumentKind.LEARNINGS)) is None


async def test_a_step_without_a_name_is_taken_out(parts: Parts) -> None:
    table = await _ended(parts, Trace.CLIENT)
    form = {"0-id": "step-1", "0-title": "  ", "0-when": "jamais"}
    await _browser(table, CLIENT).post(f"/after/{table.session}/plan", form)
    assert "Un plan à écrire" in (await _page(table, CLIENT)).body.decode()


async def test_a_text_that_is_refused_is_answered_by_a_sentence(parts: Parts) -> None:
    table = await _ended(parts, Trace.CLIENT)
    form = {"0-id": "step-1", "0-title": "Un pas", "0-follow_up": "demain"}
    page = await _browser(table, CLIENT).post(f"/after/{table.session}/plan", form)
    assert page.status == 409
    assert 'role="alert"' in page.body.decode()


@pytest.mark.parametrize(
    ("trace", "kinds"),
    [
        (Trace.NONE, {}),
        (Trace.CLIENT, {CLIENT: DocumentKind.PLAN}),
        (
            Trace.CLIENT_AND_LEARNINGS,
            {CLIENT: DocumentKind.PLAN, OTHER: DocumentKind.LEARNINGS},
        ),
    ],
)
async def test_exactly_what_the_trace_policy_says_remains(
    parts: Parts, clock: FakeClock, trace: Trace, kinds: dict[PersonId, DocumentKind]
) -> None:
    table = await _ended(parts, trace)
    await _close(parts, clock, table)
    with pytest.raises(Erased):
        await parts.log.load(table.session)
    for person in table.people:
        for kind in DocumentKind:
            found = await parts.documents.find(table.session, person, kind)
            assert (found is not None) == (kinds.get(person) is kind), (person, kind)
    planned = await parts.directory.find_session(table.session)
    assert planned is not None
    assert planned.status is Status.CLOSED
    for person in table.people:
        page = await _page(table, person)
        assert page.status == 200
        assert ("Rien n’est gardé" in page.body.decode()) == (person not in kinds)
        for path in ("/mine.md", "/mine.json"):
            assert ((await _page(table, person, path)).status == 200) == (person in kinds)


async def test_a_group_that_keeps_nothing_prints_nothing_even_before_the_close(parts: Parts) -> None:
    table = await _ended(parts, Trace.NONE)
    text = (await _page(table, CLIENT)).body.decode()
    assert "Écrire les trois colonnes" in text
    assert "s’efface à" in text
    assert "plan.pdf" not in text
    for path in ("/plan.pdf", "/mine.md", "/mine.json"):
        assert (await _page(table, CLIENT, path)).status == 404


async def test_closing_twice_changes_nothing_and_keeps_evidence_without_content(
    parts: Parts, clock: FakeClock
) -> None:
    table = await _ended(parts, Trace.CLIENT)
    await _close(parts, clock, table)
    await close_session(table.session, parts.rooms, parts.log, parts.directory, clock)
    tallies = {each.question: each for each in await parts.documents.tallies((table.session,))}
    assert tallies["helped"].average == 5
    assert tallies["frame"].counts == (1, 1, 1, 1, 1)
    attendance = await parts.directory.find_attendance(table.session)
    assert attendance is not None
    assert [phase.key for phase in attendance.phases][:2] == ["opening", "subject"]
    casts = await parts.directory.casts_of(GroupId("group-seed"))
    assert [cast.person for cast in casts if cast.role == "client"] == [CLIENT]
    assert SECRET not in repr((attendance, casts, tallies))


async def test_one_takes_ones_part_away_as_markdown_and_json(parts: Parts) -> None:
    table = await _ended(parts, Trace.CLIENT_AND_LEARNINGS)
    await _do(table, CLIENT, Write(EntryId("note"), Kind.NOTE, "# pas un titre\n- *pas* une liste"))
    page = await _page(table, CLIENT, "/mine.md")
    text = page.body.decode()
    assert text.startswith("# Un petit pas\n")
    assert "## 1. Écrire les trois colonnes" in text
    assert "\\# pas un titre" in text
    assert "\\- \\*pas\\* une liste" in text
    told = json.loads((await _page(table, CLIENT, "/mine.json")).body)
    assert told["kind"] == "plan"
    assert told["actions"] == [
        {"title": "Écrire les trois colonnes", "when": "lundi", "follow_up": "2026-12-17"}
    ]
    assert told["ideas"] == ["Commencer par ce qui ne change pas"]
    assert told["notes"] == ["# pas un titre\n- *pas* une liste"]


async def test_stars_are_noted_while_the_session_exists(parts: Parts) -> None:
    table = await _ended(parts, Trace.CLIENT)
    stars = {"helped": "2", "frame": "9", "distance": ""}
    assert (await _browser(table, THIRD).post(f"/after/{table.session}/stars", stars)).status == 303
    session = await parts.rooms.session(table.session)
    given = next(each for each in session.entries.values() if each.id == f"stars-{THIRD}")
    assert given.fields["helped"] == "2"
    assert given.fields["frame"] in "12345"
    assert session.status is SessionStatus.ENDED


async def test_nothing_of_the_page_is_kept_by_browsers_on_the_way(parts: Parts) -> None:
    table = await _ended(parts, Trace.CLIENT_AND_LEARNINGS)
    cookie = f"seat-{table.session}={secret_of(table.session, CLIENT)}"

    def caching(path: str) -> str:
        connection = http.client.HTTPConnection(urlsplit(table.origin).netloc)
        connection.request("GET", f"/after/{table.session}{path}", headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.headers["cache-control"]

    for path in ("", "/plan.pdf", "/mine.md", "/mine.json"):
        assert await asyncio.to_thread(caching, path) == "no-store"
