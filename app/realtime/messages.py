"""Every frame of the room's socket, both ways: what docs/wire.md and app/client/wire.gen.ts are generated from."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated, Any, Literal, get_args, get_type_hints

import msgspec

from app.engine import commands
from app.engine.commands import Command, wire_name
from app.engine.continuity import Rung
from app.engine.ids import EntryId, PersonId, SessionId
from app.engine.ladder_commands import GuideYourselves, MoveGroup, MovePerson, OfferRise
from app.engine.view import View

LARGEST_FRAME = 64 * 1024
"""Bytes of one frame from a browser; longer ones close the socket."""

LARGEST_SIGNAL = 16 * 1024
"""Bytes of the data of one signal frame."""

LONGEST_ID = 64
"""Characters of an id chosen by a browser."""

ShortId = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_ID, pattern=r"^[!-~]+$")]


class BadMessage(Exception):
    """A frame no client of ours sends: the socket is closed."""


class BadCommand(Exception):
    """A frame with a command this server does not know, or with fields that are not its own."""

    def __init__(self, id: str, code: str) -> None:
        super().__init__(code)
        self.id = id
        self.code = code


class CloseCode(IntEnum):
    """Why the server closes a socket; each has its sentence in the catalogue."""

    BYE = 4000
    NOT_SIGNED_IN = 4001
    NOT_YOUR_SESSION = 4003
    UNKNOWN_SESSION = 4004
    TOO_SLOW = 4008
    OPEN_ELSEWHERE = 4009
    REMOVED = 4010
    LINK_REVOKED = 4011
    SIGNED_OUT = 4012
    BAD_MESSAGE = 4013
    TOO_MANY_FRAMES = 4014
    SESSION_CLOSED = 4015
    RESTART = 1012


# -- from the browser ------------------------------------------------------------------------------


class Hello(msgspec.Struct, tag_field="t", tag="hello", frozen=True):
    """The first frame: the reader's language, the last seq they hold and of which epoch, and which tab this is."""

    tab: ShortId
    lang: str = "fr"
    since: int | None = None
    epoch: str = ""  # of the welcome that `since` follows: a seq of before a restored backup says nothing
    take: bool = False  # take over from another tab of the same person


class Do(msgspec.Struct, tag_field="t", tag="do", frozen=True):
    """One command: `id` makes it happen once, `type` is its name, the other fields are the command's own."""

    id: ShortId
    type: str


class Ping(msgspec.Struct, tag_field="t", tag="ping", frozen=True):
    """The heartbeat, every 5 seconds; `t0` is the browser's own clock in milliseconds and comes back untouched."""

    t0: float


class Signal(msgspec.Struct, tag_field="t", tag="signal", frozen=True):
    """A message for the browser of another person of this room, about direct links; at most 16 KiB, never stored."""

    to: ShortId
    data: msgspec.Raw


class Health(msgspec.Struct, tag_field="t", tag="health", frozen=True):
    """How this browser's own sound and picture are, every 2 seconds: the way in use, and whether bytes arrived by it."""

    rung: Rung
    flowing: bool
    quality: Literal["good", "poor", "lost"] = "good"
    voice: Annotated[int, msgspec.Meta(ge=0, le=600_000)] = 0
    """Milliseconds of the own voice since the last report; summed for the group, shown of nobody, stored nowhere."""


ClientFrame = Hello | Do | Ping | Signal | Health


# -- from the server -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ProtocolWords:
    """The name of the way the session is held."""

    id: str
    title: str
    label: str | None


@dataclass(frozen=True, slots=True)
class CaptureWords:
    """What can be written during a phase, by which roles, and who reads it."""

    kind: str
    sight: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PhaseWords:
    """The sentences of one phase in the reader's language; `guidance` and `prompts` are by role."""

    title: str
    purpose: str
    voice: str
    say: str
    guidance: dict[str, str]
    prompts: dict[str, tuple[str, ...]]
    stage: str
    minutes: float
    captures: tuple[CaptureWords, ...]
    step: str


@dataclass(frozen=True, slots=True)
class Words:
    """What does not change during a session, in the reader's language, sent once."""

    protocol: ProtocolWords
    phases: dict[str, PhaseWords]


class Welcome(msgspec.Struct, tag_field="t", tag="welcome", frozen=True):
    """The answer to hello: everything, or nothing but `seq` when `since` was already the newest of this epoch."""

    you: PersonId
    seq: int
    epoch: str
    now: int
    words: Words | None
    view: View | None


class Changed(msgspec.Struct, tag_field="t", tag="set", frozen=True):
    """What changed: top-level sections of the view by name, entries as `entries/<id>`; null is gone."""

    seq: int
    now: int
    set: dict[str, Any]


class Ack(msgspec.Struct, tag_field="t", tag="ack", frozen=True):
    """The command is on disk; `seq` is the newest fact it caused."""

    id: str
    seq: int


class Refused(msgspec.Struct, tag_field="t", tag="refused", frozen=True):
    """The command changed nothing; `say` is the sentence for the person. `retry` says that sending it again can help."""

    id: str
    code: str
    detail: dict[str, str | int | float | bool | None]
    say: str
    retry: bool = False


class Pong(msgspec.Struct, tag_field="t", tag="pong", frozen=True):
    """The server's clock, for the offset of the fastest round trip."""

    t0: float
    now: int


class Bye(msgspec.Struct, tag_field="t", tag="bye", frozen=True):
    """The last frame before the socket closes with the same code; `why` names it, `say` is the sentence."""

    code: int
    why: str
    say: str


class Signalled(msgspec.Struct, tag_field="t", tag="signal", frozen=True, rename={"sender": "from"}):
    """What another person's browser says about direct links; `from` is stamped by the server."""

    sender: PersonId
    data: msgspec.Raw


ServerFrame = Welcome | Changed | Ack | Refused | Pong | Bye | Signalled


# -- commands by name ------------------------------------------------------------------------------


NOT_FROM_BROWSERS = frozenset(
    {
        commands.Arrive,
        commands.Close,
        commands.ChangePlan,
        commands.AddPerson,
        commands.RemovePerson,
        MoveGroup,
        OfferRise,
        MovePerson,
        GuideYourselves,
    }
)
"""Given by the socket itself, by the clock or by a page, never by a frame."""

COMMANDS: dict[str, type[Command]] = {
    wire_name(kind): kind for kind in get_args(Command) if kind not in NOT_FROM_BROWSERS
}


def _id_fields(kind: type) -> tuple[str, ...]:
    ids = (EntryId, PersonId, SessionId)
    hints = get_type_hints(kind)
    return tuple(name for name, hint in hints.items() if any(part in ids for part in (hint, *get_args(hint))))


_ID_FIELDS = {kind: _id_fields(kind) for kind in COMMANDS.values()}
_frames: msgspec.json.Decoder[ClientFrame] = msgspec.json.Decoder(ClientFrame)
_commands = {name: msgspec.json.Decoder(kind) for name, kind in COMMANDS.items()}


def read_frame(data: str | bytes) -> ClientFrame:
    """Decode one frame; raises BadMessage for anything a client of ours would never send."""
    try:
        return _frames.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise BadMessage from error


def read_command(frame: Do, data: str | bytes) -> Command:
    """Decode the command a `do` frame carries; raises BadCommand when its type or its fields are unknown."""
    decoder = _commands.get(frame.type)
    if decoder is None:
        raise BadCommand(frame.id, "unknown-command")
    try:
        command: Command = decoder.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise BadCommand(frame.id, "malformed-command") from error
    for name in _ID_FIELDS[type(command)]:
        value = getattr(command, name)
        for one in value if isinstance(value, tuple) else (value,):
            if one is not None and not 0 < len(one) <= LONGEST_ID:
                raise BadCommand(frame.id, "malformed-command")
    return command
