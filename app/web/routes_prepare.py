"""Prepares a session on one page: who, when, how, what is kept; with a live timeline beside it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, ClassVar

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from app.engine.events import Trace
from app.engine.ids import GroupId, PersonId, SessionId
from app.engine.protocol import Protocol
from app.usecases.manage_people import present_members
from app.usecases.pasted_people import Named, Problem, Trouble, as_line, clean_name, read_people
from app.usecases.plan_b import as_bridge, as_kept, read_bridge
from app.usecases.plan_session import (
    CannotPlan,
    Plan,
    Planner,
    check,
    clip_minutes,
    new_group,
    plan_session,
    send_invitations,
    timeline,
)
from app.usecases.records import Facilitator, Group
from app.web import times
from app.web.deps import Asker, Who, parts, who
from app.web.post import Post, post_of
from app.web.prepare_cast import DOUBLED, Casting, Chip, Seat, accept, cast, history_of
from app.web.prepare_form import (
    LONGEST_GROUP,
    OFFERED,
    Wish,
    read_instant,
    read_wish,
    usual_start,
)
from app.web.timeline import Timeline, in_language, lay_out

router = APIRouter()

_ = str
SENTENCES = {
    "no-date": _("Choose a day and an hour."),
    "no-such-hour": _("The clocks change at that hour: it does not exist. Choose another one."),
    "past": _("This hour is past."),
    "too-far": _("This is more than two years away."),
    "too-few": _("This protocol needs at least %(least)s people besides you."),
    "too-many": _("This protocol seats at most %(most)s people besides you."),
}
OF_BRIDGE = {
    "bad-phone": _("This is not a telephone number that can be dialled."),
    "long-code": _("This code is too long."),
    "bad-link": _("This address is not complete: it begins with https://."),
    "code-alone": _("A code needs a telephone number or a meeting link."),
}
OF_LINES = {
    Trouble.NO_ADDRESS: _("Line %(line)s: an address is missing. %(about)s keeps a seat, and you can hand over the link yourself."),
    Trouble.BAD_ADDRESS: _("Line %(line)s: the address %(about)s is not complete."),
    Trouble.TWICE: _("Line %(line)s: %(about)s is already there."),
    Trouble.NAME_GUESSED: _("Line %(line)s: the name %(about)s was guessed from the address."),
    Trouble.NAME_CUT: _("Line %(line)s: this name is long and was shortened."),
    Trouble.TOO_MANY: _("Line %(line)s: there are too many people for one table."),
}  # fmt: skip
SHOWN_FIRST = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """A protocol one can choose."""

    id: str
    title: str
    label: str
    length: timedelta
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class PreparePage:
    """The prepare page."""

    template: ClassVar[str] = "pages/prepare.html"
    wish: Wish
    group: Group | None
    groups: tuple[Group, ...]
    number: int
    chips: tuple[Chip, ...]
    casting: Casting
    one_client: bool
    line_problems: tuple[str, ...]
    duty_problems: tuple[str, ...]
    people_problems: tuple[str, ...]
    when_problems: tuple[str, ...]
    bridge_problems: tuple[str, ...]
    protocols: tuple[Choice, ...]
    more_protocols: tuple[Choice, ...]
    timeline: Timeline
    zones: tuple[str, ...]
    letters: int
    post: Post


@router.get("/prepare")
async def prepare(
    request: Request, asker: Annotated[Asker, who(Who.FACILITATOR)], group: str = "", protocol: str = ""
) -> Response:
    """Show the page, filled with the group's people if there is one."""
    have, host = parts(request), asker.host
    found = await _group(request, host, group)
    members = await present_members(have.directory, found) if found else ()
    zone = found.zone if found else host.zone
    kept = as_bridge(found.plan_b if found else "")
    start = usual_start(have.clock.now(), zone)
    wish = Wish(
        draft=SessionId(have.ids.new()),
        group=found.id if found else "",
        group_name=found.name if found else "",
        people="\n".join(as_line(each.name, each.email) for each in members),
        day=start.date().isoformat(),
        hour=start.strftime("%H:%M"),
        zone=zone,
        protocol=(await have.protocols.find(protocol) or (await have.protocols.all())[0]).id,
        minutes={},
        trace=Trace(found.trace) if found else Trace.CLIENT,
        language=found.lang if found else have.pages.language(request),
        client="",
        phone=kept.phone,
        code=kept.code,
        link=kept.link,
    )
    return have.pages.show(request, await _page(request, host, wish, complain=False))


@router.post("/prepare")
async def save(request: Request, asker: Annotated[Asker, who(Who.FACILITATOR)]) -> Response:
    """Save and send, save, or only show the page again (`action` send, save, preview or a step of minutes)."""
    have, host = parts(request), asker.host
    form = await request.form(max_files=0, max_fields=200)
    draft = form.get("draft")
    known = isinstance(draft, str) and re.fullmatch(r"[\w-]{16,40}", draft, re.ASCII)
    wish = read_wish(form, SessionId(str(draft) if known else have.ids.new()))
    action = form.get("action")
    if action not in ("send", "save"):
        return have.pages.show(
            request, await _page(request, host, wish, complain=action == "check", step=form.get("step"))
        )
    plan = await _plan(request, host, wish)
    if plan is None:
        return have.pages.show(request, await _page(request, host, wish, complain=True), 422)
    outside = Planner(have.directory, have.rooms, have.jobs, have.links, have.clock, have.ids)
    try:
        planned = await plan_session(plan, host, wish.draft, outside)
    except CannotPlan:
        return have.pages.show(request, await _page(request, host, wish, complain=True), 422)
    if planned.facilitator != host.id:
        return have.pages.show(request, await _page(request, host, replace(wish, draft=SessionId(have.ids.new())), complain=True), 422)  # fmt: skip
    sent = ""
    if action == "send":
        people = tuple(each.person for each in await have.directory.invitations_of(planned.id))
        sent = f"?sent={await send_invitations(planned, people, outside)}"
    return RedirectResponse(f"/sessions/{planned.id}{sent}", 303)


async def _group(request: Request, host: Facilitator, group: str) -> Group | None:
    """Find a group of this facilitator; someone else's is as unknown as none."""
    found = await parts(request).directory.find_group(GroupId(group)) if group else None
    return found if found is not None and found.owner == host.id and not found.rehearsal else None


async def _protocol(request: Request, wish: Wish) -> Protocol:
    """Find the protocol wished for, or the default; `find` pins it, so that a session can be planned with it."""
    known = parts(request).protocols
    found = await known.find(wish.protocol) or await known.find((await known.all())[0].id)
    assert found is not None
    return found


async def _plan(request: Request, host: Facilitator, wish: Wish) -> Plan | None:
    """Make a plan of a wish, or None when the page has to say what is wrong."""
    have = parts(request)
    pasted = read_people(wish.people)
    starts_at, _wrong = read_instant(wish.day, wish.hour, wish.zone)
    bridge, wrong = read_bridge(wish.phone, wish.code, wish.link)
    if starts_at is None or pasted.stops or wrong:
        return None
    protocol = await _protocol(request, wish)
    now, language = have.clock.now(), have.pages.sentences.choose(wish.language)
    group = await _group(request, host, wish.group)
    name = clean_name(wish.group_name)[:LONGEST_GROUP] or have.pages.sentences.say(language, _("%(name)s’s group"), name=host.name)  # fmt: skip
    if group is None:
        group = new_group(host, have.ids, name, language, wish.zone, wish.trace, now)
    else:
        group = replace(group, name=name, lang=language, zone=wish.zone, trace=wish.trace)
    group = replace(group, plan_b=as_kept(bridge))
    made = await _cast(request, group, protocol, pasted.people, wish)
    if made.doubled:
        return None
    plan = Plan(
        group, pasted.people, starts_at, wish.zone, protocol, clip_minutes(protocol, wish.minutes),
        wish.trace, made.client, made.reserve, language, bridge, made.relay,
        {key: role for role, key in made.duties.items()}, wish.microphones, wish.screen_share,
    )  # fmt: skip
    return None if check(protocol, len(pasted.people), starts_at, now) else plan


async def _cast(
    request: Request, group: Group | None, protocol: Protocol, people: tuple[Named, ...], wish: Wish
) -> Casting:
    """Choose everybody's part, by what a person was pasted as."""
    have = parts(request)
    members = await have.directory.members_of(group.id) if group else ()
    ids = {(each.email or each.name).casefold(): each.person for each in members}
    seats = tuple(
        Seat(each.key, each.name, ids.get(each.key, PersonId(f"new {each.key}"))) for each in people
    )
    history = await history_of(have.directory, group)
    return cast(history, protocol.rounds, seats, wish, have.pages.sentences, have.pages.language(request))


async def _page(
    request: Request, host: Facilitator, wish: Wish, *, complain: bool, step: object = None
) -> PreparePage:
    """Gather what the page shows; `complain` says what is missing, which an untouched page does not."""
    have = parts(request)
    group, protocol = await _group(request, host, wish.group), await _protocol(request, wish)
    pasted, language, now = read_people(wish.people), have.pages.language(request), have.clock.now()
    minutes = clip_minutes(protocol, wish.minutes)
    starts_at, wrong = read_instant(wish.day, wish.hour, wish.zone)
    casting = await _cast(request, group, protocol, pasted.people, wish)
    if step == OFFERED:
        wish = accept(wish, casting)
        casting = await _cast(request, group, protocol, pasted.people, wish)
    _bridge, of_bridge = read_bridge(wish.phone, wish.code, wish.link)
    plan_problems = check(protocol, len(pasted.people), starts_at or now, now)
    say = have.pages.sentences.say
    values = {"least": protocol.people[0], "most": protocol.people[1]}
    of_people = [each for each in plan_problems if each.startswith("too-") and each != "too-far"]
    of_when = [wrong] if wrong else [each for each in plan_problems if each in ("past", "too-far")]
    choices = tuple(_choice(each, language) for each in await have.protocols.all())
    number = (
        max((each.number for each in await have.directory.sessions_of(group.id)), default=0) + 1
        if group
        else 1
    )
    return PreparePage(
        wish=replace(wish, protocol=protocol.id),
        group=group,
        groups=tuple(each for each in await have.directory.groups_of(host.id) if not each.rehearsal),
        number=number,
        chips=tuple(casting.chip(each.key, each.name) for each in pasted.people),
        casting=casting,
        one_client=protocol.rounds == 1,
        line_problems=tuple(say_line(request, each) for each in pasted.problems),
        duty_problems=tuple(say(language, DOUBLED, name=each) for each in casting.doubled),
        people_problems=tuple(say(language, SENTENCES[each], **values) for each in of_people)
        if complain or pasted.people
        else (),
        when_problems=tuple(say(language, SENTENCES[each]) for each in of_when),
        bridge_problems=tuple(say(language, OF_BRIDGE[each]) for each in of_bridge),
        protocols=choices[:SHOWN_FIRST],
        more_protocols=choices[SHOWN_FIRST:],
        timeline=lay_out(timeline(protocol, minutes), starts_at or now, language),
        zones=times.zones(),
        letters=sum(1 for each in pasted.people if each.email),
        post=post_of(request),
    )


def _choice(protocol: Protocol, language: str) -> Choice:
    length = sum((row.planned for row in timeline(protocol, {})), timedelta())
    label = in_language(protocol.label, language) if protocol.label else ""
    return Choice(protocol.id, in_language(protocol.title, language), label, length, *protocol.people)


def say_line(request: Request, problem: Problem) -> str:
    """Say what is unusual in a pasted line, in the reader’s language."""
    pages = parts(request).pages
    said: Mapping[str, object] = {"line": problem.line, "about": problem.about}
    return pages.sentences.say(pages.language(request), OF_LINES[problem.trouble], **said)
