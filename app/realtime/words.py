"""Says what does not change during a session, in one language: the words of its protocol."""

from collections.abc import Callable
from datetime import timedelta

from app.engine.ids import SessionId
from app.engine.protocol import Phase, Protocol, Text
from app.realtime.messages import CaptureWords, PhaseWords, ProtocolWords, Words
from app.realtime.sections import Json, encode
from app.usecases.run_session import Rooms


def in_language(text: Text, lang: str) -> str:
    """Choose a sentence: the reader's language, else English, else any."""
    return text.get(lang) or text.get("en") or next(iter(text.values()), "")


def words_of(protocol: Protocol, lang: str) -> Words:
    """Gather the words of every phase."""
    return Words(
        protocol=ProtocolWords(
            id=protocol.id,
            title=in_language(protocol.title, lang),
            label=in_language(protocol.label, lang) if protocol.label else None,
        ),
        phases={phase.id: _phase(phase, lang) for phase in protocol.phases()},
    )


def _phase(phase: Phase, lang: str) -> PhaseWords:
    return PhaseWords(
        title=in_language(phase.title, lang),
        purpose=in_language(phase.purpose, lang),
        voice=phase.voice.value,
        say=in_language(phase.say, lang),
        guidance={role.value: in_language(text, lang) for role, text in phase.guidance.items()},
        prompts={
            role.value: tuple(in_language(text, lang) for text in texts)
            for role, texts in phase.prompts.items()
        },
        stage=phase.stage.value,
        minutes=phase.minutes.default / timedelta(minutes=1),
        captures=tuple(
            CaptureWords(each.kind.value, each.sight.value, tuple(sorted(role.value for role in each.by)))
            for each in phase.captures
        ),
        step=phase.step,
    )


class SpokenWords:
    """Gives the words of a session's protocol as JSON, made once per protocol and language."""

    def __init__(self, rooms: Rooms, choose: Callable[[str], str]) -> None:
        """Take the rooms, and what chooses a language that is spoken."""
        self._rooms = rooms
        self._choose = choose
        self._made: dict[tuple[str, str], Json] = {}

    async def __call__(self, session: SessionId, lang: str) -> Json:
        """Give the words of a session in a language, or the nearest there is; raises as `Rooms.session`."""
        protocol = (await self._rooms.session(session)).protocol
        key = protocol.content_hash, self._choose(lang)
        if key not in self._made:
            self._made[key] = encode(words_of(protocol, key[1]))
        return self._made[key]
