"""What a simulated person's browser says of its own sound and picture, as the drills of a rehearsal leave them."""

from dataclasses import dataclass

from app.engine.continuity import WITH_LIVEKIT
from app.rehearsal.browser import View

SWITCHES_AFTER = 8.0
"""Seconds without a byte after which a real browser links directly (`PATIENCE.switch` of the client's watchdog.ts)."""


@dataclass(frozen=True, slots=True)
class Health:
    """A health frame's words."""

    rung: str
    flowing: bool
    quality: str


class Hearing:
    """One person's ears: silent when what carries them is broken, on direct links when it is only their own network."""

    def __init__(self) -> None:
        self._cut_since: float | None = None

    def report(self, view: View, me: str, now: float) -> Health:
        """Say how it is now; `now` is in seconds of a monotonic clock."""
        group, own = str(view["ladder"]["rung"]), view["me"]["rung"]
        broken = {each["fault"] for each in view["ladder"]["broken"] if each["person"] in (None, me)}
        cut = group in WITH_LIVEKIT and bool(broken & {"video", "network"})
        self._cut_since = (self._cut_since or now) if cut else None
        if own is not None:
            return Health(str(own), flowing=True, quality="good")
        if group == "mesh":
            return _heard(group, flowing="sound" not in broken)
        if cut and "video" not in broken and now - (self._cut_since or now) >= SWITCHES_AFTER:
            return Health("mesh", flowing=True, quality="poor")
        return _heard(group, flowing=not cut)


def _heard(rung: str, *, flowing: bool) -> Health:
    return Health(rung, flowing, "good" if flowing else "lost")
