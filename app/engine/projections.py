"""What each viewer may see: sections shared by everybody are made once, personal ones for each."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from app.engine.commands import Command, wire_name
from app.engine.decide_time import REOPEN_FOR
from app.engine.ids import PersonId
from app.engine.instants import as_ms, span_ms
from app.engine.permissions import commands_of, conducts, writes
from app.engine.project_conduct import CONDUCT_READS, project_conduct, proposed_cast, same_offers
from app.engine.project_entries import EntriesView, project_entries
from app.engine.project_ladder import project_bridge, project_ladder, project_media
from app.engine.protocol import Role, Stage
from app.engine.replacing import replace
from app.engine.replan import coming, starts
from app.engine.rotation import Cast
from app.engine.state import Person, Presence, Session, Status
from app.engine.touched import FLOOR, touched
from app.engine.view import (
    UNKNOWN,
    BridgeView,
    ClockView,
    ConductView,
    FloorView,
    LadderView,
    Live,
    MediaView,
    MeView,
    PlanView,
    RequestView,
    SeatView,
    SessionView,
    View,
)
from app.engine.written_turns import pending, someone_writes


@dataclass(frozen=True, slots=True)
class Shared:
    """What is the same object for every viewer; what has not changed is the same as in the state before."""

    session: SessionView
    plan: tuple[PlanView, ...]
    clock: ClockView
    seats: tuple[SeatView, ...]
    floor: FloorView
    request: RequestView
    ladder: LadderView
    media: MediaView
    bridge: BridgeView
    conduct: ConductView
    entries: EntriesView
    cast: Cast
    begins: tuple[datetime, ...]  # by phase, and last the projected end
    coming: datetime  # when the next phase would begin
    live: Live
    state: Session


def project(session: Session, viewer: PersonId, now: datetime) -> View:
    """Show a session as one person may see it now; raises KeyError for somebody without a seat."""
    return project_personal(session, project_shared(session, now), viewer)


def project_shared(
    session: Session, now: datetime, before: Shared | None = None, live: Live = UNKNOWN
) -> Shared:
    """Make what does not depend on the viewer; `before` lends what has not changed since an earlier state."""
    changed = touched(session, before.state) if before else None
    old, changed = (None, frozenset()) if changed is None else (before, changed)
    next_at = coming(session, now)
    begins = old.begins if old and old.coming == next_at else starts(session, now)
    same_hours = old is not None and begins is old.begins
    cast = proposed_cast(session, (before.state, before.cast) if before else None)
    entries = project_entries(session, (before.state, before.entries) if before else None)
    if not old or not changed.isdisjoint({"ready", "entries"}):
        seats = _seats(session)
    else:
        seats = _raised(session, old.seats) if "floor.hands" in changed else old.seats
    same_moment = old is not None and same_hours and old.live == live
    if old and same_moment and changed.isdisjoint(CONDUCT_READS) and same_offers(session, now, old.conduct):
        conduct = old.conduct
    else:
        conduct = project_conduct(session, now, begins[-1], cast, entries.waiting, live)
    return Shared(
        session=old.session if old else _session(session),
        plan=old.plan if old and same_hours else _plan(session, begins),
        clock=old.clock if old and same_hours else _clock(session, begins[-1]),
        seats=seats,
        floor=old.floor if old and changed.isdisjoint(FLOOR) else _floor(session),
        request=old.request if old and "entries" not in changed else _request(session),
        ladder=old.ladder if old else project_ladder(session),
        media=old.media if old and "floor.holder" not in changed else project_media(session),
        bridge=old.bridge if old else project_bridge(session),
        conduct=conduct,
        entries=entries,
        cast=cast,
        begins=begins,
        coming=next_at,
        live=live,
        state=session,
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
        entries=shared.entries.of(person.id),
        request=shared.request,
        ladder=shared.ladder,
        media=shared.media,
        bridge=shared.bridge,
        me=_me(session, person),
        conduct=shared.conduct if conducts(session, person) else None,
    )


def same_for_each(now: Session, before: Session) -> bool:
    """Tell quickly whether nothing was touched that says who anybody is and what they may do."""
    return (
        now.people is before.people
        and now.clients is before.clients
        and now.plan is before.plan
        and now.clock.at == before.clock.at
        and now.status is before.status
        and now.orders is before.orders
        and now.interests is before.interests
        and now.ready is before.ready
        and now.ladder is before.ladder
        and now.stand_in is before.stand_in
        and now.self_guided is before.self_guided
        and now.relay == before.relay
        and (not someone_writes(now) or _same_turn(now, before))
    )


def _same_turn(now: Session, before: Session) -> bool:
    """Whether nothing changed in whose turn it is to say something in writing."""
    return (
        now.floor is before.floor
        and now.entries is before.entries
        and now.clock.running_since == before.clock.running_since
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
        "ladder": view.ladder,
        "media": view.media,
        "bridge": view.bridge,
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
        starts_at=as_ms(session.starts_at),
        zone=session.zone,
        trace=session.trace.value,
        rehearsal=session.rehearsal,
        self_guided=session.self_guided,
        turn=session.turn,
        turns=len(session.clients),
        reopen_until=None if session.ended_at is None else as_ms(session.ended_at + REOPEN_FOR),
        stand_in=session.stand_in.person if session.stand_in else None,
        stand_in_title=session.stand_in is not None and session.stand_in.title,
    )


def _plan(session: Session, begins: tuple[datetime, ...]) -> tuple[PlanView, ...]:
    at = -1 if session.clock.at is None else session.clock.at
    ended = session.ended_at is not None
    return tuple(
        PlanView(
            slot.key,
            slot.phase.id,
            slot.step,
            slot.round,
            span_ms(timer.granted),
            span_ms(timer.used),
            as_ms(hour),
            index < at or ended,
            slot.phase.protected,
        )
        for index, (slot, timer, hour) in enumerate(
            zip(session.plan, session.clock.timers, begins, strict=False)
        )
    )


def _clock(session: Session, ends_at: datetime) -> ClockView:
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
        granted_ms=span_ms(timer.granted) if timer else 0,
        used_ms=span_ms(timer.used) if timer else 0,
        running_since=None if clock.running_since is None else as_ms(clock.running_since),
        reason=clock.reason,
        ends_at=as_ms(ends_at),
        promised_end=as_ms(clock.promised_end),
        steps=max(slot.step for slot in session.plan),
    )


def _seats(session: Session) -> tuple[SeatView, ...]:
    slot = session.slot
    stage = slot.phase.stage if slot else Stage.ON
    client = session.client
    late = session.clock.at is not None
    written = pending(session)
    ranks = {person: rank for rank, person in enumerate(session.floor.hands, 1)}
    return tuple(
        SeatView(
            id=person.id,
            name=person.name,
            role=Role.CLIENT.value if person.id == client else person.role.value,
            presence="late" if late and person.presence is Presence.EXPECTED else person.presence.value,
            hand=ranks.get(person.id, 0),
            stage=stage.value if person.id == client else Stage.ON.value,
            ready=person.id in session.ready or person.id in written,
            rung=session.ladder.rung_of(person.id).value,
            away_since=None if person.left_at is None else as_ms(person.left_at),
        )
        for person in session.people
    )


def _raised(session: Session, seats: tuple[SeatView, ...]) -> tuple[SeatView, ...]:
    """Show the same seats with the hands that are up now."""
    ranks: dict[str, int] = {person: rank for rank, person in enumerate(session.floor.hands, 1)}
    ranked = ((seat, ranks.get(seat.id, 0)) for seat in seats)
    return tuple(seat if seat.hand == rank else replace(seat, hand=rank) for seat, rank in ranked)


def _floor(session: Session) -> FloorView:
    floor = session.floor
    return FloorView(
        floor.holder, None if floor.since is None else as_ms(floor.since), floor.hands, floor.round
    )


def _request(session: Session) -> RequestView:
    turn, client = session.turn, session.client
    contract = session.contracts.get(turn)
    subject = session.subjects[turn - 1] if turn else None
    if contract is None:
        return RequestView(client, subject, None, "", 0, False, False)
    entry = session.entries[contract.entry]
    return RequestView(
        client, subject, entry.id, entry.text, entry.revision, contract.client, contract.consultants
    )


# -- what one person sees --------------------------------------------------------------------------


def _me(session: Session, person: Person) -> MeView:
    return MeView(
        id=person.id,
        role=session.role_of(person).value,
        may=_names(commands_of(session, person)),
        writes={kind.value: sight.value for kind, sight in writes(session, person).items()},
        order=session.orders.get(person.id, ()),
        interests=tuple(entry for entry, people in session.interests.items() if person.id in people),
        declined=person.declined,
        ready=person.id in session.ready,
        rung=session.ladder.taken.get(person.id),
        asked_to_phone=person.id in session.ladder.asked,
    )


@lru_cache(maxsize=4096)
def _names(commands: frozenset[type[Command]]) -> tuple[str, ...]:
    return tuple(sorted(wire_name(command) for command in commands))
