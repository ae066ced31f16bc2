"""What each viewer may see: sections shared by everybody are made once, personal ones for each."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from app.engine.commands import Command, wire_name
from app.engine.ids import PersonId
from app.engine.permissions import commands_of, conducts, writes
from app.engine.project_conduct import CONDUCT_READS, project_conduct, proposed_cast, same_offers
from app.engine.project_entries import EntriesView, project_entries
from app.engine.project_ladder import project_bridge, project_ladder, project_media
from app.engine.project_table import (
    project_clock,
    project_floor,
    project_plan,
    project_request,
    project_seats,
    project_session,
    raised,
)
from app.engine.replan import coming, starts
from app.engine.rotation import Cast
from app.engine.state import Person, Session
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
from app.engine.written_turns import someone_writes


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
        seats = project_seats(session)
    else:
        seats = raised(session, old.seats) if "floor.hands" in changed else old.seats
    same_moment = old is not None and same_hours and old.live == live
    if old and same_moment and changed.isdisjoint(CONDUCT_READS) and same_offers(session, now, old.conduct):
        conduct = old.conduct
    else:
        conduct = project_conduct(session, now, begins[-1], cast, entries.waiting, live)
    return Shared(
        session=old.session if old else project_session(session),
        plan=old.plan if old and same_hours else project_plan(session, begins),
        clock=old.clock if old and same_hours else project_clock(session, begins[-1]),
        seats=seats,
        floor=old.floor if old and changed.isdisjoint(FLOOR) else project_floor(session),
        request=old.request if old and "entries" not in changed else project_request(session),
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
