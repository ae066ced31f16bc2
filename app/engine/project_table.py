"""What everybody at the table sees alike, section by section."""

from datetime import datetime

from app.engine.decide_time import REOPEN_FOR
from app.engine.instants import as_ms, span_ms
from app.engine.protocol import Role, Stage
from app.engine.replacing import replace
from app.engine.state import Presence, Session, Status
from app.engine.view import ClockView, FloorView, PlanView, RequestView, SeatView, SessionView
from app.engine.written_turns import pending


def project_session(session: Session) -> SessionView:
    """Show what the session is and how far."""
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


def project_plan(session: Session, begins: tuple[datetime, ...]) -> tuple[PlanView, ...]:
    """Show the phases with their hours."""
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


def project_clock(session: Session, ends_at: datetime) -> ClockView:
    """Show the time of the running phase and of the whole."""
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


def project_seats(session: Session) -> tuple[SeatView, ...]:
    """Show who sits where, and how they are."""
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


def raised(session: Session, seats: tuple[SeatView, ...]) -> tuple[SeatView, ...]:
    """Show the same seats with the hands that are up now."""
    ranks: dict[str, int] = {person: rank for rank, person in enumerate(session.floor.hands, 1)}
    ranked = ((seat, ranks.get(seat.id, 0)) for seat in seats)
    return tuple(seat if seat.hand == rank else replace(seat, hand=rank) for seat, rank in ranked)


def project_floor(session: Session) -> FloorView:
    """Show who speaks, and who would like to."""
    floor = session.floor
    return FloorView(
        floor.holder, None if floor.since is None else as_ms(floor.since), floor.hands, floor.round
    )


def project_request(session: Session) -> RequestView:
    """Show the client, their subject and the wording of their request."""
    turn, client = session.turn, session.client
    contract = session.contracts.get(turn)
    subject = session.subjects[turn - 1] if turn else None
    if contract is None:
        return RequestView(client, subject, None, "", 0, False, False)
    entry = session.entries[contract.entry]
    return RequestView(
        client, subject, entry.id, entry.text, entry.revision, contract.client, contract.consultants
    )
