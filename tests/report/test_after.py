"""What people keep, before and after the log is gone, under each trace policy, and who may see it."""

import asyncio
import http.client
import json
from urllib.parse import urlsplit

import pytest

from app.engine.commands import Close, Write
from app.engine.events import Trace
from app.engine.ids import SERVER, EntryId, GroupId, PersonId
from app.engine.protocol import Kind
from app.main import Parts
from app.rehearsal.browser import Browser
from app.usecases.follow_up import FollowUp
from app.usecases.ports import Erased
from app.usecases.records import DocumentKind, Status
from app.usecases.write_report import close_session
from tests.fakes import FakeClock
from tests.realtime.table import secret_of
from tests.report.ended import CLIENT, OTHER, SECRET, close, do, ended, page_of, traced_table


async def test_the_client_reads_their_plan_and_nobody_elses_words(parts: Parts) -> None:
    table = await ended(parts, Trace.CLIENT_AND_LEARNINGS)
    text = (await page_of(table, CLIENT)).body.decode()
    assert "Un petit pas" in text
    assert "Écrire les trois colonnes" in text
    assert "Commencer par ce qui ne change pas" in text
    assert "Une idée laissée" not in text
    assert f"{SECRET} ({CLIENT})" in text
    assert f"({OTHER})" not in text


async def test_a_consultant_reads_their_learnings_and_not_the_plan(parts: Parts) -> None:
    table = await ended(parts, Trace.CLIENT_AND_LEARNINGS)
    text = (await page_of(table, OTHER, lang="en")).body.decode()
    assert f"{SECRET} ({OTHER})" in text
    assert "Écrire les trois colonnes" not in text
    assert "Commencer par" not in text
    assert (await page_of(table, OTHER, "/plan.pdf")).status == 404
    assert (await page_of(table, OTHER, "/learnings.pdf")).body.startswith(b"%PDF-")
    assert (await page_of(table, CLIENT, "/learnings.pdf")).status == 404


async def test_what_is_about_to_be_kept_is_never_said_to_be_gone(parts: Parts, clock: FakeClock) -> None:
    table = await ended(parts, Trace.CLIENT)
    planned = await parts.directory.find_session(table.session)
    assert planned is not None
    clock.advance(minutes=11)
    await do(table, SERVER, Close())  # the worker writes the documents a moment later
    use = FollowUp(parts.rooms, parts.directory, parts.documents, clock, parts.ids)
    standing = await use.find(planned, CLIENT)
    assert standing.report is not None
    assert standing.report.actions[0].title == "Écrire les trois colonnes"
    assert standing.erased_at is None
    assert (await use.find(planned, OTHER)).report is None


async def test_strangers_find_nothing(parts: Parts) -> None:
    table = await ended(parts, Trace.CLIENT_AND_LEARNINGS)
    stranger = Browser(table.origin, table.origin, "fr")
    for path in ("", "/plan.pdf", "/learnings.pdf", "/mine.md", "/mine.json"):
        assert (await stranger.get(f"/after/{table.session}{path}")).status == 404
    for path in ("plan", "learnings", "stars"):
        assert (await stranger.post(f"/after/{table.session}/{path}", {"helped": "1"})).status == 404


async def test_before_the_end_the_page_leads_to_the_room(parts: Parts) -> None:
    table = await traced_table(parts, Trace.CLIENT)
    page = await page_of(table, CLIENT)
    assert (page.status, page.location) == (303, f"/room/{table.session}")


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
    table = await ended(parts, trace)
    await close(parts, clock, table)
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
        page = await page_of(table, person)
        assert page.status == 200
        assert ("Rien n’est gardé" in page.body.decode()) == (person not in kinds)
        for path in ("/mine.md", "/mine.json"):
            assert ((await page_of(table, person, path)).status == 200) == (person in kinds)


async def test_a_group_that_keeps_nothing_prints_nothing_even_before_the_close(parts: Parts) -> None:
    table = await ended(parts, Trace.NONE)
    text = (await page_of(table, CLIENT)).body.decode()
    assert "Écrire les trois colonnes" in text
    assert "s’efface à" in text
    assert "plan.pdf" not in text
    for path in ("/plan.pdf", "/mine.md", "/mine.json"):
        assert (await page_of(table, CLIENT, path)).status == 404


async def test_closing_twice_changes_nothing_and_keeps_evidence_without_content(
    parts: Parts, clock: FakeClock
) -> None:
    table = await ended(parts, Trace.CLIENT)
    await close(parts, clock, table)
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
    table = await ended(parts, Trace.CLIENT_AND_LEARNINGS)
    await do(table, CLIENT, Write(EntryId("note"), Kind.NOTE, "# pas un titre\n- *pas* une liste"))
    page = await page_of(table, CLIENT, "/mine.md")
    text = page.body.decode()
    assert text.startswith("# Un petit pas\n")
    assert "## 1. Écrire les trois colonnes" in text
    assert "\\# pas un titre" in text
    assert "\\- \\*pas\\* une liste" in text
    told = json.loads((await page_of(table, CLIENT, "/mine.json")).body)
    assert told["kind"] == "plan"
    assert told["actions"] == [
        {"title": "Écrire les trois colonnes", "when": "lundi", "follow_up": "2026-12-17"}
    ]
    assert told["ideas"] == ["Commencer par ce qui ne change pas"]
    assert told["notes"] == ["# pas un titre\n- *pas* une liste"]


async def test_nothing_of_the_page_is_kept_by_browsers_on_the_way(parts: Parts) -> None:
    table = await ended(parts, Trace.CLIENT_AND_LEARNINGS)
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
