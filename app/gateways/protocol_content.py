"""Turns a protocol into the JSON that a session pins, and back; the hash of that JSON is the protocol's name for ever."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from app.engine.protocol import Block, Capture, Minutes, Phase, Protocol, Role, Stage, Text
from app.gateways.protocol_model import BlockFile, CaptureFile, MinutesFile, PhaseFile, ProtocolFile, Spoken
from app.gateways.protocol_yaml import Plain


def protocol_from(file: ProtocolFile) -> Protocol:
    """Build the protocol that a well-shaped file describes, with the hash of its content."""
    blocks = file.blocks or (BlockFile(phases=file.phases or ()),)
    protocol = Protocol(
        id=file.id,
        version=file.version,
        content_hash="",
        title=_text(file.title),
        purpose=_text(file.purpose),
        basis=_text(file.basis),
        label=None if file.label is None else _text(file.label),
        people=(file.people.least, file.people.most),
        subject_choice=file.subject,
        rounds=file.rounds,
        blocks=tuple(Block(tuple(map(_phase, block.phases)), block.repeat == "client") for block in blocks),
    )
    return replace(protocol, content_hash=hash_of(as_json(protocol)))


def as_json(protocol: Protocol) -> str:
    """Write the content in its one canonical form: sorted keys, no spaces, nothing that is a default.

    Leaving defaults out keeps old hashes true when the format learns a new key.
    """
    return json.dumps(_content(protocol), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_json(content: str) -> Protocol:
    """Read what `as_json` wrote; raises pydantic's ValidationError on anything else."""
    return protocol_from(ProtocolFile.model_validate_json(content))


def hash_of(content: str) -> str:
    """Return the SHA-256 of canonical content, in hexadecimal."""
    return hashlib.sha256(content.encode()).hexdigest()


def _text(texts: Spoken) -> Text:
    """Order the languages and lend French to English, or the reverse, when one of them is missing."""
    words: dict[str, str] = {str(language): sentence for language, sentence in texts.items()}
    spare = words.get("fr") or words["en"]
    return {"fr": words.get("fr", spare), "en": words.get("en", spare), **words}


_STANDS_IN = {
    Role.CO_FACILITATOR: Role.FACILITATOR,
    Role.TIMEKEEPER: Role.CONSULTANT,
    Role.SCRIBE: Role.CONSULTANT,
}


def _phase(file: PhaseFile) -> Phase:
    """Build a phase; a role without words of its own is given those of the role it resembles."""
    guidance = {role: file.guidance.get(role, file.guidance.get(_STANDS_IN.get(role, role))) for role in Role}
    prompts = {role: file.prompts.get(role, file.prompts.get(_STANDS_IN.get(role, role))) for role in Role}
    return Phase(
        id=file.id,
        step=file.step or file.id,
        title=_text(file.title),
        purpose=_text(file.purpose),
        minutes=_minutes(file.minutes),
        voice=file.voice,
        stage=file.stage,
        say=_text(file.say),
        guidance={role: _text(texts) for role, texts in guidance.items() if texts},
        prompts={role: tuple(map(_text, texts)) for role, texts in prompts.items() if texts},
        captures=tuple(map(_capture, file.captures)),
        guards=file.guards,
        protected=file.protected,
        is_break=file.is_break,
    )


def _capture(file: CaptureFile) -> Capture:
    return Capture(file.kind, file.by, file.sight)


def _minutes(file: MinutesFile) -> Minutes:
    def span(minutes: float) -> timedelta:
        return timedelta(seconds=round(minutes * 60))

    return Minutes(span(file.least), span(file.default), span(file.most))


def _content(protocol: Protocol) -> dict[str, Plain]:
    content: dict[str, Plain] = {
        "id": protocol.id,
        "version": protocol.version,
        "title": dict(protocol.title),
        "purpose": dict(protocol.purpose),
        "basis": dict(protocol.basis),
        "people": {"least": protocol.people[0], "most": protocol.people[1]},
        "subject": protocol.subject_choice.value,
        "blocks": [_block_content(block) for block in protocol.blocks],
    }
    if protocol.label is not None:
        content["label"] = dict(protocol.label)
    if protocol.rounds != 1:
        content["rounds"] = protocol.rounds
    return content


def _block_content(block: Block) -> dict[str, Plain]:
    phases: list[Plain] = [_phase_content(phase) for phase in block.phases]
    return {"repeat": "client", "phases": phases} if block.per_client else {"phases": phases}


def _phase_content(phase: Phase) -> dict[str, Plain]:
    content: dict[str, Plain] = {
        "id": phase.id,
        "title": dict(phase.title),
        "purpose": dict(phase.purpose),
        "minutes": {
            "least": _in_minutes(phase.minutes.least),
            "default": _in_minutes(phase.minutes.default),
            "most": _in_minutes(phase.minutes.most),
        },
        "voice": phase.voice.value,
        "say": dict(phase.say),
    }
    optional: Mapping[str, Plain] = {
        "step": "" if phase.step == phase.id else phase.step,
        "stage": "" if phase.stage is Stage.ON else phase.stage.value,
        "guidance": {role.value: dict(text) for role, text in phase.guidance.items()},
        "prompts": {role.value: [dict(text) for text in texts] for role, texts in phase.prompts.items()},
        "captures": [_capture_content(capture) for capture in phase.captures],
        "guards": _sorted(phase.guards),
        "protected": phase.protected,
        "break": phase.is_break,
    }
    return content | {key: value for key, value in optional.items() if value}


def _capture_content(capture: Capture) -> dict[str, Plain]:
    return {"kind": capture.kind.value, "by": _sorted(capture.by), "sight": capture.sight.value}


def _sorted(words: Iterable[str]) -> list[Plain]:
    return [*sorted(str(word) for word in words)]


def _in_minutes(span: timedelta) -> float:
    return span.total_seconds() / 60
