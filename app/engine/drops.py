"""When the clock waits for a client who dropped: only where nothing goes on without them (method.md §7)."""

from datetime import datetime, timedelta

from app.engine.continuity import Rung
from app.engine.protocol import Kind, Phase, Role, Voice
from app.engine.state import Presence, Session, Status

CLIENT_AWAY = "client-away"
"""Why the clock stands still."""

WAIT_AFTER = timedelta(seconds=4)
"""After the connection was given up; with the heartbeat's 12 seconds and its grace, within 20 of the cut."""


def needs_client(phase: Phase) -> bool:
    """Whether a phase is the client's: they speak, word the contract, or write their plan."""
    return phase.voice is Voice.CLIENT or any(
        capture.kind is Kind.CONTRACT or (capture.kind is Kind.ACTION and Role.CLIENT in capture.by)
        for capture in phase.captures
    )


def is_client_by_phone(session: Session) -> bool:
    """Whether today's client takes part by telephone alone: whoever conducts then writes and accepts what they say."""
    client = session.find_person(session.client) if session.client else None
    if client is None or client.presence is Presence.HERE:
        return False
    return session.ladder.taken.get(client.id) is Rung.BRIDGE


def waits_for_client_at(session: Session) -> datetime | None:
    """Say when the clock stops for a client who dropped; once it goes on without them, it is not stopped again."""
    slot, running = session.slot, session.clock.running_since
    if (
        session.status is not Status.RUNNING
        or slot is None
        or running is None
        or not needs_client(slot.phase)
    ):
        return None
    client = session.find_person(session.client) if session.client else None
    if client is None or client.left_at is None or client.presence is Presence.HERE:
        return None
    if is_client_by_phone(session):
        return None
    timer = session.clock.running
    began = timer.started_at if timer and timer.started_at else running
    since = max(client.left_at, began)
    return since + WAIT_AFTER if since >= running else None
