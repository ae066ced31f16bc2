"""What only those see who conduct: how late it is, what can be done, who has not been heard, who could be next."""

from datetime import datetime

from app.engine.decide_cast import next_turn
from app.engine.decide_time import blocked
from app.engine.evolve_time import UNDO_FOR
from app.engine.floor import experts
from app.engine.instants import as_ms, span_ms
from app.engine.project_ladder import project_drops
from app.engine.protocol import CONDUCT, Role
from app.engine.replan import Proposal, proposals
from app.engine.rotation import OBSERVED_FROM, Cast, candidates, propose_cast
from app.engine.state import Presence, Session, Undoable
from app.engine.view import ConductView, DutyView, Live, ProposalView

CONDUCT_READS = frozenset({"floor.heard", "entries"})
"""What this section shows of the quick parts of the state (touched.py)."""


def project_conduct(
    session: Session, now: datetime, ends_at: datetime, cast: Cast, waiting: int, live: Live
) -> ConductView:
    """Show the facilitator's section; what is `live` is never stored."""
    following = session.following
    code = None if following is None else blocked(session, following)
    undo = _undo(session, now)
    heard = session.floor.heard
    return ConductView(
        late_ms=span_ms(ends_at - session.clock.promised_end),
        proposals=tuple(_proposal(each) for each in proposals(session, now, ends_at)),
        undo=undo.change if undo else None,
        undo_since=as_ms(undo.until - UNDO_FOR) if undo else None,
        undo_until=as_ms(undo.until) if undo else None,
        unheard=tuple(
            person.id
            for person in session.people
            if person.presence is Presence.HERE and person.id not in heard and person.role not in CONDUCT
        ),
        waiting=waiting,
        experts={str(person): tag for person, tag in experts(session).items()},
        clients=session.clients,
        reserve=session.reserve,
        blocked=None if code is None else code.value,
        cast_turn=next_turn(session),
        cast_client=cast.client,
        cast_reserve=cast.reserve,
        cast_why=cast.why,
        duties=_duties(session, cast),
        balance=live.balance,
        offer=session.ladder.offer,
        asked=tuple(person.id for person in session.people if person.id in session.ladder.asked),
        quality={
            person.id: live.quality[person.id]
            for person in session.people
            if person.presence is Presence.HERE and person.id in live.quality
        },
        drops=project_drops(session),
    )


def same_offers(session: Session, now: datetime, shown: ConductView) -> bool:
    """Whether time alone changed nothing of what was shown of a state; ways to catch up change by the second."""
    return not shown.proposals and (_undo(session, now) is None) == (shown.undo is None)


def _undo(session: Session, now: datetime) -> Undoable | None:
    return session.undo if session.undo and now <= session.undo.until else None


def proposed_cast(session: Session, before: tuple[Session, Cast] | None) -> Cast:
    """Propose the next client, anew only when something changed that the choice rests on."""
    if before is not None:
        old, cast = before
        if (
            old.people is session.people
            and old.entries is session.entries
            and old.clients is session.clients
            and old.reserve == session.reserve
            and (old.clock.at is None) == (session.clock.at is None)
        ):
            return cast
    people = candidates(session)
    return propose_cast(
        session.history, people, observer=len(people) >= OBSERVED_FROM, spare=not any(session.clients)
    )


def _duties(session: Session, cast: Cast) -> tuple[DutyView, ...]:
    """List the duties that nobody has yet, for whom rotation proposes somebody."""
    proposed = {
        Role.TIMEKEEPER: cast.timekeeper,
        Role.SCRIBE: cast.scribe,
        Role.OBSERVER: cast.observer,
    }
    held = {each.role for each in session.people}
    return tuple(
        DutyView(role.value, person, cast.duties[role])
        for role, person in proposed.items()
        if person is not None and role not in held
    )


def _proposal(offer: Proposal) -> ProposalView:
    granted = {key: span_ms(granted) for key, granted in offer.granted.items()}
    return ProposalView(offer.name, as_ms(offer.ends_at), as_ms(offer.next_at), granted)
