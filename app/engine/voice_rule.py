"""Who may speak now by the voice rule of the phase: what closes microphones, and who sends in direct links."""

from app.engine.ids import PersonId
from app.engine.protocol import CONDUCT, TABLE, Role, Stage, Voice
from app.engine.state import Person, Session, Status


def speakers(session: Session) -> tuple[PersonId, ...]:
    """Name those who may speak now, in the order of seats; whoever conducts always may (method.md §3).

    Outside of running phases, in breaks and while the clock stands still, everybody may.
    """
    return tuple(person.id for person in session.people if may_speak(session, person))


def may_speak(session: Session, person: Person) -> bool:
    """Whether a person may speak now."""
    slot = session.slot
    if (
        slot is None
        or session.status is not Status.RUNNING
        or session.clock.running_since is None
        or slot.phase.is_break
    ):
        return True
    return _may_speak(session, person, slot.phase.voice)


def _may_speak(session: Session, person: Person, voice: Voice) -> bool:
    role = session.role_of(person)
    if role in CONDUCT or session.stands_in(person.id):
        return True
    slot, holder = session.slot, session.floor.holder
    if role is Role.CLIENT and slot is not None and slot.phase.stage is Stage.OFF:
        return False
    match voice:
        case Voice.CLIENT:
            return role is Role.CLIENT or person.id == holder
        case Voice.QUESTIONS:
            return role is Role.CLIENT or person.id == holder or (holder is None and role in TABLE)
        case Voice.IN_TURN:
            return person.id == holder or (holder is None and role in TABLE - {Role.CLIENT})
        case Voice.ROUND:
            return person.id == holder or holder is None
        case Voice.FREE:
            return role in TABLE or person.id == holder
        case Voice.NOBODY | Voice.SILENCE | Voice.WRITING:
            return person.id == holder
