"""Says who could be what in a session that is being prepared or changed, and why; the facilitator's wish goes first."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.engine.events import PastCast
from app.engine.ids import PersonId
from app.engine.protocol import Role
from app.engine.rotation import OBSERVED_FROM, Candidate, propose_cast
from app.usecases.plan_session import past_casts
from app.usecases.ports import Directory
from app.usecases.records import Group
from app.web.prepare_form import AT_THE_OPENING, NOBODY, Wish
from app.web.rendering import Sentences

_ = str
WHY = {
    "never": _("%(name)s has not been the client yet."),
    "fewest": _("%(name)s has been the client least often."),
    "longest": _("%(name)s has waited longest to be the client again."),
    "seat": _("Several people have waited as long; %(name)s comes first in the order of seats."),
    "nobody": _("Nobody can be the client yet."),
}
DUTY_WHY = {
    "never": _("%(role)s: %(name)s, for the first time."),
    "fewest": _("%(role)s: %(name)s, who has been it least often."),
    "longest": _("%(role)s: %(name)s, who was it longest ago."),
    "seat": _("%(role)s: %(name)s, by the order of seats among equals."),
}
DOUBLED = _("%(name)s was given two roles: one person has one at a time.")
ROLE_NAMES = {
    Role.CLIENT: _("client"),
    Role.CONSULTANT: _("consultant"),
    Role.FACILITATOR: _("facilitator"),
    Role.CO_FACILITATOR: _("co-facilitator"),
    Role.TIMEKEEPER: _("timekeeper"),
    Role.SCRIBE: _("scribe"),
    Role.OBSERVER: _("observer"),
}


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who has a seat or gets one; `key` names them in the form."""

    key: str
    name: str
    person: PersonId


@dataclass(frozen=True, slots=True)
class Chip:
    """A person as the form shows them."""

    key: str
    name: str
    part: str  # what they are besides consultant, as an English word; "" when nothing


@dataclass(frozen=True, slots=True)
class Casting:
    """Who is what, by key; and what rotation offers for the duties nobody was wished for."""

    client: str | None = None
    reserve: str | None = None
    relay: str | None = None
    why: str = ""  # one sentence about the client proposed
    duties: Mapping[Role, str] = field(default_factory=dict)
    offered: Mapping[Role, str] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()  # one sentence about each duty offered
    doubled: tuple[str, ...] = ()  # names of those who were given two parts that one person cannot have

    def chip(self, key: str, name: str) -> Chip:
        """Show a person with the weightiest thing they are."""
        parts: dict[str | None, str] = {
            self.relay: _("relay"),
            **{key: ROLE_NAMES[role] for role, key in self.duties.items()},
            self.reserve: _("in reserve"),
            self.client: _("client"),
        }
        return Chip(key, name, parts.get(key, ""))


async def history_of(directory: Directory, group: Group | None) -> tuple[PastCast, ...]:
    """Gather who had which role in a group so far."""
    if group is None:
        return ()
    numbers = {each.id: each.number for each in await directory.sessions_of(group.id)}
    return past_casts(await directory.casts_of(group.id), numbers)


def cast(
    history: tuple[PastCast, ...],
    rounds: int,
    seats: tuple[Seat, ...],
    wish: Wish,
    sentences: Sentences,
    language: str,
) -> Casting:
    """Choose everybody's part: as wished, else as rotation proposes; without a sentence where it was wished."""
    keys = {seat.person: seat.key for seat in seats}
    names = {seat.key: seat.name for seat in seats}
    people = tuple(Candidate(person) for person in keys)
    duties = {role: key for role, key in wish.duties.items() if key in names}
    made = Casting(duties=duties)
    if rounds == 1 and seats and wish.client != AT_THE_OPENING:
        chosen = wish.client if wish.client in names else ""
        first = propose_cast(history, tuple(replace(each, declined=bool(chosen) and keys[each.id] == chosen) for each in people))  # fmt: skip
        second = first.client if chosen else first.reserve
        client = chosen or (keys[first.client] if first.client else None)
        code = "" if chosen else str(first.why["code"])
        made = replace(
            made,
            client=client,
            reserve=keys[second] if second else None,
            why=sentences.say(language, WHY[code], name=names.get(client or "", "")) if code else "",
        )
    if wish.reserve:
        made = replace(made, reserve=wish.reserve if wish.reserve in names else None)
    if made.reserve == made.client:
        made = replace(made, reserve=None)
    parts = [made.client, *duties.values()]
    likely = propose_cast(history, people)  # who may well be client, as long as that is open
    spared = (
        {keys[each] for each in (likely.client, likely.reserve) if each} if made.client is None else set()
    )
    made = replace(made, relay=_relay(wish, seats, made, spared))
    parts += [made.relay] if made.relay == duties.get(Role.CO_FACILITATOR) else []
    made = replace(made, doubled=tuple(name for key, name in names.items() if parts.count(key) > 1))
    return _offer(made, history, seats, spared, sentences, language)


def accept(wish: Wish, made: Casting) -> Wish:
    """Wish for the duties as they are offered."""
    return replace(wish, duties={**wish.duties, **made.offered})


def _relay(wish: Wish, seats: tuple[Seat, ...], made: Casting, spared: set[str]) -> str | None:
    """Choose who stands in for the facilitator: who was wished for, else the first without another part."""
    keys = [seat.key for seat in seats]
    if wish.relay == NOBODY:
        return None
    if wish.relay in keys:
        return wish.relay
    taken = {made.client, made.reserve} | {
        made.duties.get(role) for role in (Role.OBSERVER, Role.CO_FACILITATOR)
    }
    free = [key for key in keys if key not in taken]
    return next((key for key in free if key not in spared), free[0] if free else None)


def _offer(
    made: Casting,
    history: tuple[PastCast, ...],
    seats: tuple[Seat, ...],
    spared: set[str],
    sentences: Sentences,
    language: str,
) -> Casting:
    """Add whom rotation offers for the duties that nobody has."""
    keys = {seat.person: seat.key for seat in seats}
    names = {seat.key: seat.name for seat in seats}
    busy = {made.client, made.reserve, *made.duties.values(), *spared}
    people = tuple(Candidate(seat.person, declined=True, busy=seat.key in busy) for seat in seats)
    fair = propose_cast(history, people, observer=len(people) >= OBSERVED_FROM, spare=False)
    wanted = {Role.TIMEKEEPER: fair.timekeeper, Role.SCRIBE: fair.scribe, Role.OBSERVER: fair.observer}
    offered = {role: keys[person] for role, person in wanted.items() if person and role not in made.duties}

    reasons = (
        say_duty(sentences, language, role, names[key], fair.duties[role]) for role, key in offered.items()
    )
    return replace(made, offered=offered, reasons=tuple(reasons))


def say_duty(sentences: Sentences, language: str, role: Role, name: str, why: str) -> str:
    """Say in one sentence whom rotation offers for a duty, and why."""
    called = sentences.say(language, ROLE_NAMES[role])
    return sentences.say(language, DUTY_WHY[why], name=name, role=called[:1].upper() + called[1:])
