"""Makes the frames the server sends, as the bytes that go over the network."""

from datetime import UTC, datetime, timedelta

import msgspec

from app.engine.ids import PersonId
from app.realtime.messages import Ack, Bye, CloseCode, Pong, Refused, Signalled
from app.realtime.sections import Json, Sections, as_object, encode
from app.realtime.wire import as_frame

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def as_ms(instant: datetime) -> int:
    """Count whole milliseconds since 1970 UTC."""
    return (instant - EPOCH) // timedelta(milliseconds=1)


def welcome(you: PersonId, seq: int, epoch: str, now: datetime, words: Json, view: Json) -> bytes:
    """Make the answer to hello; words and view may be `null`."""
    return as_frame(
        b'{"t":"welcome","you":%b,"seq":%d,"epoch":%b,"now":%d,"words":%b,"view":%b}'
        % (encode(you), seq, encode(epoch), as_ms(now), words, view)
    )


def changed(seq: int, now: datetime, sections: Sections) -> bytes:
    """Make an update; an empty one still tells the new seq, so that hidden facts leave no gap."""
    return as_frame(b'{"t":"set","seq":%d,"now":%d,"set":%b}' % (seq, as_ms(now), as_object(sections)))


def ack(id: str, seq: int) -> bytes:
    """Make the answer to a command that is on disk."""
    return as_frame(encode(Ack(id, seq)))


def refused(answer: Refused) -> bytes:
    """Make the answer to a command that changed nothing."""
    return as_frame(encode(answer))


def pong(t0: float, now: datetime) -> bytes:
    """Make the answer to a ping."""
    return as_frame(encode(Pong(t0, as_ms(now))))


def signalled(sender: PersonId, data: msgspec.Raw) -> bytes:
    """Make what another browser says, as it said it."""
    return as_frame(encode(Signalled(sender, data)))


def reason(code: CloseCode) -> str:
    """Name a close code as the wire does: OPEN_ELSEWHERE → open-elsewhere."""
    return code.name.lower().replace("_", "-")


def bye(code: CloseCode, say: str) -> bytes:
    """Make the last frame of a socket."""
    return as_frame(encode(Bye(int(code), reason(code), say)))
