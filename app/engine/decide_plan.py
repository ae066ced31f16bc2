"""Decisions about the plan: whether a session can be held like this, and what may change before it starts."""

from collections.abc import Mapping
from datetime import timedelta

from app.engine.commands import ChangePlan
from app.engine.errors import Code, Refusal
from app.engine.events import Event, PlanChanged, SessionPlanned
from app.engine.ids import PersonId
from app.engine.ladder import Bridge
from app.engine.plan import expand, turns
from app.engine.protocol import CONDUCT, Protocol, Role
from app.engine.state import Session

MOST_SEATS = 16
MOST_ROUNDS = 12
NAME_LENGTH = 120
TAGS, TAG_LENGTH = 12, 60
BRIDGE_LENGTH = 500


def check_planned(planned: SessionPlanned, protocol: Protocol) -> None:
    """Raise a Refusal unless a session can be held like this."""
    roles = {each.id: each.role for each in planned.people}
    if (
        not roles
        or len(roles) != len(planned.people)
        or len(roles) > MOST_SEATS
        or planned.protocol_hash != protocol.content_hash
    ):
        raise Refusal(Code.BAD_PLAN)
    if not planned.self_guided and not any(role in CONDUCT for role in roles.values()):
        raise Refusal(Code.LAST_FACILITATOR)
    for each in planned.people:
        check_seat(each.name, each.role, each.tags)
    for client in (*planned.clients, *([planned.reserve] if planned.reserve else [])):
        if client not in roles:
            raise Refusal(Code.UNKNOWN_PERSON)
    _check_bridge(planned.bridge)
    _check_relay(planned.relay, roles)
    _check_length(protocol, planned.rounds, planned.minutes)


def decide(session: Session, change: ChangePlan) -> tuple[Event, ...]:
    """Decide a change of the plan; what the command does not name stays."""
    roles = {each.id: each.role for each in session.people}
    changed = PlanChanged(
        session.title if change.title is None else change.title.strip(),
        session.starts_at if change.starts_at is None else change.starts_at,
        session.zone if change.zone is None else change.zone,
        session.rounds if change.rounds is None else change.rounds,
        session.minutes if change.minutes is None else dict(change.minutes),
        session.bridge if change.bridge is None else change.bridge,
        _relay(session, roles) if change.relay is None else change.relay or None,
        session.microphones if change.microphones is None else change.microphones,
        session.screen_share if change.screen_share is None else change.screen_share,
        session.language if change.language is None else change.language,
        session.trace if change.trace is None else change.trace,
        _reserve(session, change) if change.reserve is None else change.reserve or None,
        change.clients,
    )
    if (
        not all(map(is_name, (changed.title, changed.zone, changed.language or "")))
        or changed.starts_at.tzinfo is None
    ):
        raise Refusal(Code.BAD_PLAN)
    _check_length(session.protocol, changed.rounds, changed.minutes)
    _check_bridge(changed.bridge)
    _check_relay(changed.relay, roles)
    clients = _clients(session, changed, roles)
    same = PlanChanged(
        session.title,
        session.starts_at,
        session.zone,
        session.rounds,
        session.minutes,
        session.bridge,
        session.relay,
        session.microphones,
        session.screen_share,
        session.language,
        session.trace,
        session.reserve,
        changed.clients,
    )
    return () if changed == same and clients == session.clients else (changed,)


def _relay(session: Session, roles: Mapping[PersonId, Role]) -> PersonId | None:
    """Keep the relay, unless they conduct by now."""
    return session.relay if session.relay and roles.get(session.relay) not in CONDUCT else None


def _reserve(session: Session, change: ChangePlan) -> PersonId | None:
    """Keep who is in reserve, unless they become client."""
    return None if session.reserve in (change.clients or ()) else session.reserve


def _clients(
    session: Session, changed: PlanChanged, roles: Mapping[PersonId, Role]
) -> tuple[PersonId | None, ...]:
    """Say who would be client by turn; raises a Refusal for somebody who cannot be, or cannot be in reserve."""
    if changed.reserve is not None and changed.reserve not in roles:
        raise Refusal(Code.UNKNOWN_PERSON)
    count = turns(session.protocol, changed.rounds)
    if changed.clients is None:
        return session.clients
    named = [each for each in changed.clients if each is not None]
    if len(changed.clients) > count:
        raise Refusal(Code.NO_SUCH_TURN, most=count)
    if not roles.keys() >= set(named):
        raise Refusal(Code.UNKNOWN_PERSON)
    if any(roles[each] in CONDUCT for each in named):
        raise Refusal(Code.CONDUCTOR_NOT_CLIENT)
    if any(each.declined and each.id in named and each.id not in session.clients for each in session.people):
        raise Refusal(Code.PERSON_DECLINED)
    if len(set(named)) != len(named) or changed.reserve in named:
        raise Refusal(Code.BAD_PLAN)
    return (*changed.clients, *(None for _ in range(count - len(changed.clients))))


def _check_bridge(bridge: Bridge) -> None:
    parts = (bridge.phone, bridge.code, bridge.link)
    if any(len(part) > BRIDGE_LENGTH or not part.isprintable() for part in parts):
        raise Refusal(Code.BAD_PLAN)
    if bridge.link and not bridge.link.startswith(("https://", "http://")):
        raise Refusal(Code.BAD_PLAN)


def _check_relay(relay: PersonId | None, roles: Mapping[PersonId, Role]) -> None:
    """Whoever conducts cannot stand in for themselves."""
    if relay is not None and relay not in roles:
        raise Refusal(Code.UNKNOWN_PERSON)
    if relay is not None and roles[relay] in CONDUCT:
        raise Refusal(Code.BAD_PLAN)


def _check_length(protocol: Protocol, rounds: int, minutes: Mapping[str, timedelta]) -> None:
    if not 1 <= rounds <= MOST_ROUNDS:
        raise Refusal(Code.OUT_OF_RANGE, most=MOST_ROUNDS)
    plan = expand(protocol, rounds, minutes)
    if not set(minutes) <= {slot.key for slot in plan} | {slot.phase.id for slot in plan}:
        raise Refusal(Code.BAD_PLAN)
    for slot in plan:
        if not slot.phase.minutes.least <= slot.planned <= slot.phase.minutes.most:
            raise Refusal(Code.OUT_OF_RANGE, most=slot.phase.minutes.most // timedelta(minutes=1))


def check_seat(name: str, role: Role, tags: tuple[str, ...]) -> None:
    """Raise a Refusal unless somebody can be seated like this."""
    if (
        not is_name(name)
        or len(tags) > TAGS
        or any(len(tag) > TAG_LENGTH or not tag.isprintable() for tag in tags)
    ):
        raise Refusal(Code.BAD_PLAN)
    if role is Role.CLIENT:
        raise Refusal(Code.CHOOSE_CLIENT_INSTEAD)


def is_name(text: str) -> bool:
    """Whether a text can be shown on one line and kept anywhere."""
    return bool(text.strip()) and len(text) <= NAME_LENGTH and text.isprintable()
