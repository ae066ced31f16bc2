"""Holds a short session and ends it: a client with a plan, one with learnings, and one with nothing."""

from dataclasses import replace
from datetime import timedelta

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
from app.engine.ids import CLOCK, SERVER, Actor, CommandId, EntryId, PersonId
from app.engine.protocol import Kind
from app.main import Parts
from app.rehearsal.browser import Browser, Page
from app.usecases.links import hash_of
from app.usecases.records import WebSession
from app.usecases.write_report import close_session
from tests.fakes import FakeClock
from tests.realtime.table import CONSULTANTS, FACILITATOR, Table, a_table, secret_of

CLIENT, OTHER, THIRD = CONSULTANTS[0], CONSULTANTS[1], CONSULTANTS[2]
SECRET = "Une phrase que personne d’autre ne doit lire"


async def do(table: Table, who: Actor, command: Command) -> None:
    table.made += 1
    await table.parts.rooms.do(table.session, who, command, CommandId(f"test-{table.made}"))


async def ended(parts: Parts, trace: Trace) -> Table:
    """Hold a short session: a client with a plan and a kept idea, another with learnings, a third with nothing."""
    table = await traced_table(parts, trace)
    await do(table, CLOCK, OpenDoors())
    await do(table, FACILITATOR, ChooseClient(CLIENT))
    await do(table, FACILITATOR, Start())
    session = await parts.rooms.session(table.session)
    while session.slot is not None and session.slot.phase.id != "consultation":
        if session.slot.phase.id == "contract":
            await _accept(table)
        await do(table, FACILITATOR, Next(session.slot.key))
        session = await parts.rooms.session(table.session)
    await do(table, OTHER, Write(EntryId("idea-1"), Kind.IDEA, "Commencer par ce qui ne change pas"))
    await do(table, OTHER, Write(EntryId("idea-2"), Kind.IDEA, "Une idée laissée"))
    await do(table, CLIENT, KeepIdea(EntryId("idea-1")))
    await do(table, FACILITATOR, End())
    details = {"when": "lundi", "follow_up": "2026-12-17"}
    await do(table, CLIENT, Write(EntryId("step-1"), Kind.ACTION, "Écrire les trois colonnes", details))
    for person in (CLIENT, OTHER):
        text = f"{SECRET} ({person})"
        await do(table, person, Write(EntryId(f"learned-{person}"), Kind.LEARNING, text, {"a4": "learnings"}))
    for number, person in enumerate((FACILITATOR, *CONSULTANTS)):
        stars = {"helped": "5", "frame": str(number % 5 + 1)}
        await do(table, person, Write(EntryId(f"stars-{person}"), Kind.RATING, "", stars))
    return table


async def _accept(table: Table) -> None:
    request = EntryId("request")
    await do(table, CLIENT, Write(request, Kind.CONTRACT, "Aidez-moi à annoncer la réorganisation."))
    await do(table, CLIENT, AcceptContract(request))
    await do(table, FACILITATOR, AcceptContract(request))


async def traced_table(parts: Parts, trace: Trace) -> Table:
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


def browser_of(table: Table, person: PersonId, lang: str = "fr") -> Browser:
    browser = Browser(table.origin, table.origin, lang)
    browser.cookies[f"seat-{table.session}"] = secret_of(table.session, person)
    return browser


async def page_of(table: Table, person: PersonId, path: str = "", lang: str = "fr") -> Page:
    return await browser_of(table, person, lang).get(f"/after/{table.session}{path}")


async def close(parts: Parts, clock: FakeClock, table: Table) -> None:
    clock.advance(minutes=11)
    await do(table, SERVER, Close())
    await close_session(table.session, parts.rooms, parts.log, parts.directory, clock)
