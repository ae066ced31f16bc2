"""What everybody sees of the ladder: the group's rung, who may speak, where to meet when nothing else works."""

from app.engine.instants import as_ms
from app.engine.ladder import Drop
from app.engine.protocol import Role
from app.engine.state import Session
from app.engine.view import BridgeView, BrokenView, DropView, LadderView, MediaView
from app.engine.voice_rule import speakers


def project_ladder(session: Session) -> LadderView:
    """Show how the group is together."""
    ladder = session.ladder
    return LadderView(
        rung=ladder.rung.value,
        why=ladder.why,
        since=None if ladder.since is None else as_ms(ladder.since),
        forced=ladder.forced,
        silent=tuple(each.id for each in session.people if ladder.is_seen_silent(each.id)),
        broken=tuple(BrokenView(each.fault.value, each.person) for each in ladder.broken),
    )


def project_media(session: Session) -> MediaView:
    """Show what may be done with sound and picture now."""
    return MediaView(
        livekit=session.ladder.livekit,
        microphones=session.microphones.value,
        speakers=speakers(session),
        share=session.screen_share,
    )


def project_bridge(session: Session) -> BridgeView:
    """Show where to meet when nothing else works."""
    bridge = session.bridge
    conducts = next((each.id for each in session.people if each.role is Role.FACILITATOR), None)
    return BridgeView(bridge.phone, bridge.code, bridge.link, session.relay, conducts)


def project_drops(session: Session) -> tuple[DropView, ...]:
    """Show what dropped, for the facilitator's debrief."""
    return tuple(_drop(each) for each in session.ladder.drops)


def _drop(drop: Drop) -> DropView:
    until = None if drop.until is None else as_ms(drop.until)
    return DropView(drop.person, drop.phase, as_ms(drop.since), until, drop.what)
