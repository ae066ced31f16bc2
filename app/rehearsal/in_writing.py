"""Chooses what a simulated manager writes where nobody hears: stories, questions, answers, ideas, a word in a round."""

from collections.abc import Callable

from app.rehearsal.browser import View
from app.rehearsal.seat import Seat
from app.rehearsal.story import Story

Deal = Callable[[tuple[str, ...]], str]


def phase_key(view: View) -> str:
    """Name the running phase; empty before the start and after the end."""
    at = view["clock"]["at"]
    running = view["session"]["status"] == "running"
    return str(view["plan"][at]["key"]) if running and at is not None else ""


def voice_of(seat: Seat) -> str:
    """Name the voice rule of the running phase."""
    if not phase_key(seat.view):
        return ""
    phase = seat.view["plan"][seat.view["clock"]["at"]]["phase"]
    return str(seat.words["phases"][phase]["voice"])


def unasked(seat: Seat, story: Story, deal: Deal) -> tuple[str, ...]:
    """Choose what one writes without being given the floor: one's story as the client, or an idea shown with the others."""
    if voice_of(seat) == "client" and seat.view["me"]["role"] == "client":
        return story.tale
    together = seat.view["me"]["writes"].get("speech") == "revealed"
    return (deal(story.ideas),) if together else ()


def words_of(seat: Seat, story: Story, deal: Deal) -> str:
    """Choose what one writes when one has the floor."""
    match voice_of(seat):
        case "questions":
            return deal(story.answers if seat.view["me"]["role"] == "client" else story.questions)
        case "in-turn":
            return deal(story.ideas)
        case "round" if not phase_key(seat.view).startswith("opening"):
            return deal(next(iter(story.learnings.values())))
        case _:
            return deal(story.arrivals)
