"""Says what does not change during a session, in one language: the words of its protocol."""

from datetime import timedelta

from app.engine.protocol import Phase, Protocol, Text
from app.realtime.messages import CaptureWords, PhaseWords, ProtocolWords, Words


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
