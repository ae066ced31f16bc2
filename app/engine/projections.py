"""What each viewer may see: sections shared by everybody are made once, personal ones for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.engine.commands import wire_name
from app.engine.decide_cast import next_turn
from app.engine.decide_time import REOPEN_FOR, blocked
from app.engine.decide_writing import may_read
from app.engine.floor import experts
from app.engine.ids import EntryId, PersonId
from app.engine.permissions import CONDUCT, commands_of, conducts, writes
from app.engine.protocol import Kind, Role, Sight, Stage
from app.engine.replan import lateness, proposals, starts
from app.engine.rotation import candidates, propose_cast
from app.engine.state import Entry, Person, Presence, Session, Status
from app.engine.view import (
    ClockView,
    ConductView,
    EntryView,
    FloorView,
    MeView,
    PlanView,
    ProposalView,
    RequestView,
    SeatView,
    SessionView,
    View,
)

MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Shared:
    """The sections that are the same object for every viewer; make it once for each version of a session."""

    session: SessionView
    plan: tuple[PlanView, ...]
    clock: ClockView
    seats: tuple[SeatView, ...]
    floor: FloorView
    request: RequestView
    conduct: ConductView
    others: Mapping[EntryId, EntryView]  # each entry as its readers see it
    authors: Mapping[EntryId, EntryView]  # each entry as its author sees it


def project(session: Session, viewer: PersonId, now: datetime) -> View:
    """Show a session as one person may see it now; raises KeyError for somebody without a seat."""
    return project_personal(session, project_shared(session, now), viewer)


def project_shared(session: Session, now: datetime, balance: float = 1.0) -> Shared:
    """Make the sections that do not depend on the viewer; `balance` is live and never stored."""
    hours = tuple(_ms(hour) for hour in starts(session, now))
    return Shared(
        session=_session(session),
        plan=_plan(session, hours),
        clock=_clock(session, hours[-1]),
        seats=_seats(session),
        floor=_floor(session),
        request=_request(session),
        conduct=_conduct(session, now, balance),
        others={entry.id: _entry(session, entry, mine=False) for entry in session.entries.values()},
        authors={entry.id: _entry(session, entry, mine=True) for entry in session.entries.values()},
    )


def project_personal(session: Session, shared: Shared, viewer: PersonId) -> View:
    """Add to the shared sections what one person may see; raises KeyError for somebody without a seat."""
    person = session.find_person(viewer)
    if person is None:
        raise KeyError("no seat")
    return View(
        session=shared.session,
        plan=shared.plan,
        clock=shared.clock,
        seats=shared.seats,
        floor=shared.floor,
        entries=_entries(session, shared, person),
        request=shared.request,
        me=_me(session, person),
        conduct=shared.conduct if conducts(session, person) else None,
    )


def sections(view: View) -> dict[str, object]:
    """Lay a view out flat, path by path, as the wire sends it: sections, and one path for each entry."""
    flat: dict[str, object] = {
        "session": view.session,
        "plan": view.plan,
        "clock": view.clock,
        "seats": view.seats,
        "floor": view.floor,
        "request": view.request,
        "me": view.me,
        "conduct": view.conduct,
    }
    flat.update((f"entries/{key}", entry) for key, entry in view.entries.items())
    return flat


# -- what everybody sees ---------------------------------------------------------------------------


def _session(session: Session) -> SessionView:
    return SessionView(
        id=session.id,
        title=session.title,
        number=session.number,
        status=session.status.value,
        starts_at=_ms(session.starts_at),
        zone=session.zone,
        trace=session.trace.value,
        rehearsal=session.rehearsal,
        self_guided=session.self_guided,
        turn=session.turn,
        turns=len(session.clients),
        reopen_until=None if session.ended_at is None else _ms(session.ended_at + REOPEN_FOR),
    )


def _plan(session: Session, hours: tuple[int, ...]) -> tuple[PlanView, ...]:
    at = -1 if session.clock.at is None else session.clock.at
    ended = session.ended_at is not None
    return tuple(
        PlanView(
            slot.key,
            slot.phase.id,
            slot.step,
            slot.round,
            timer.granted // MILLISECOND,
            timer.used // MILLISECOND,
            hour,
            index < at or ended,
            slot.phase.protected,
        )
        for index, (slot, timer, hour) in enumerate(
            zip(session.plan, session.clock.timers, hours, strict=False)
        )
    )


def _clock(session: Session, ends_at: int) -> ClockView:
    clock = session.clock
    timer = clock.running
    match session.status:
        case Status.PLANNED | Status.OPEN:
            state = "before"
        case Status.RUNNING:
            state = "paused" if clock.running_since is None else "running"
        case _:
            state = "ended"
    return ClockView(
        at=clock.at,
        state=state,
        granted_ms=timer.granted // MILLISECOND if timer else 0,
        used_ms=timer.used // MILLISECOND if timer else 0,
        running_since=None if clock.running_since is None else _ms(clock.running_since),
        reason=clock.reason,
        ends_at=ends_at,
        promised_end=_ms(clock.promised_end),
        steps=max(slot.step for slot in session.plan),
    )


def _seats(session: Session) -> tuple[SeatView, ...]:
    slot = session.slot
    stage = slot.phase.stage if slot else Stage.ON
    client = session.client
    late = session.clock.at is not None
    hands = session.floor.hands
    return tuple(
        SeatView(
            id=person.id,
            name=person.name,
            role=Role.CLIENT.value if person.id == client else person.role.value,
            presence="late" if late and person.presence is Presence.EXPECTED else person.presence.value,
            hand=hands.index(person.id) + 1 if person.id in hands else 0,
            stage=stage.value if person.id == client else Stage.ON.value,
            ready=person.id in session.ready,
        )
        for person in session.people
    )


def _floor(session: Session) -> FloorView:
    floor = session.floor
    return FloorView(
        floor.holder, None if floor.since is None else _ms(floor.since), floor.hands, floor.round
    )


def _request(session: Session) -> RequestView:
    turn = session.turn
    contract = session.contracts.get(turn)
    subject = session.subjects[turn - 1] if turn else None
    if contract is None:
        return RequestView(session.client, subject, None, "", 0, False, False)
    entry = session.entries[contract.entry]
    return RequestView(
        session.client, subject, entry.id, entry.text, entry.revision, contract.client, contract.consultants
    )


def _entry(session: Session, entry: Entry, *, mine: bool) -> EntryView:
    """Show an entry; ideas carry no names but to their authors (method.md §5.4)."""
    return EntryView(
        id=entry.id,
        kind=entry.kind.value,
        author=entry.author if mine or entry.kind is not Kind.IDEA else None,
        text=entry.text,
        fields=entry.fields,
        sight=entry.sight.value,
        written_at=_ms(entry.written_at),
        mine=mine,
        kept=False,
        revealed=entry.revealed,
        interest=len(session.interests.get(entry.id, ())),
    )


# -- what one person sees --------------------------------------------------------------------------


def _entries(session: Session, shared: Shared, person: Person) -> dict[str, EntryView]:
    keeps = session.kept if person.id in session.clients else frozenset()
    seen: dict[str, EntryView] = {}
    for key, entry in session.entries.items():
        if entry.author == person.id:
            view = shared.authors[key]
        elif may_read(session, person, entry):
            view = shared.others[key]
        else:
            continue
        if key in keeps and entry.turn and session.clients[entry.turn - 1] == person.id:
            view = _kept(view)
        seen[key] = view
    return seen


def _kept(view: EntryView) -> EntryView:
    return EntryView(
        view.id,
        view.kind,
        view.author,
        view.text,
        view.fields,
        view.sight,
        view.written_at,
        view.mine,
        True,
        view.revealed,
        view.interest,
    )


def _me(session: Session, person: Person) -> MeView:
    return MeView(
        id=person.id,
        role=session.role_of(person).value,
        may=tuple(sorted(wire_name(command) for command in commands_of(session, person))),
        writes={kind.value: sight.value for kind, sight in writes(session, person).items()},
        order=session.orders.get(person.id, ()),
        interests=tuple(entry for entry, people in session.interests.items() if person.id in people),
        declined=person.declined,
        ready=person.id in session.ready,
    )


# -- what the facilitator sees ---------------------------------------------------------------------


def _conduct(session: Session, now: datetime, balance: float) -> ConductView:
    cast = propose_cast(session.history, candidates(session))
    following = session.following
    code = None if following is None else blocked(session, following)
    undo = session.undo if session.undo and now <= session.undo.until else None
    return ConductView(
        late_ms=lateness(session, now) // MILLISECOND,
        proposals=tuple(
            ProposalView(
                offer.name,
                _ms(offer.ends_at),
                _ms(offer.next_at),
                {key: granted // MILLISECOND for key, granted in offer.granted.items()},
            )
            for offer in proposals(session, now)
        ),
        undo=undo.change if undo else None,
        undo_until=_ms(undo.until) if undo else None,
        unheard=tuple(
            person.id
            for person in session.people
            if person.id not in session.floor.heard
            and person.role not in CONDUCT
            and person.presence is Presence.HERE
        ),
        waiting=sum(
            entry.sight is Sight.REVEALED and not entry.revealed for entry in session.entries.values()
        ),
        experts={str(person): tag for person, tag in experts(session).items()},
        clients=session.clients,
        reserve=session.reserve,
        blocked=None if code is None else code.value,
        cast_turn=next_turn(session),
        cast_client=cast.client,
        cast_reserve=cast.reserve,
        cast_why=cast.why,
        balance=balance,
    )


def _ms(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
