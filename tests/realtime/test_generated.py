"""What is written from the wire's types says what they say now."""

import json
import subprocess
import sys

import msgspec
import pytest

from app.engine.ids import PersonId
from app.realtime import frames, typescript, wire_page
from app.realtime.messages import CloseCode, Refused, ServerFrame
from app.realtime.sections import as_object
from app.realtime.wire import as_frame
from devtools.steps import ROOT
from tests.fakes import NOON


@pytest.mark.parametrize(
    ("name", "rendered"),
    [("docs/wire.md", wire_page.render()), ("app/client/wire.gen.ts", typescript.render())],
)
def test_a_generated_file_is_fresh(name: str, rendered: str) -> None:
    assert (ROOT / name).read_text("utf-8") == rendered, "run `python3 dev.py app wire`"


def test_the_command_tells_that_the_files_are_fresh() -> None:
    done = subprocess.run([sys.executable, "-m", "app", "wire", "--check"], cwd=ROOT, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize(
    "frame",
    [
        frames.welcome(PersonId('a"b'), 3, "epoch", NOON, b"null", b"null"),
        frames.changed(3, NOON, {"clock": b"{}", 'entries/"\\': b"null"}),
        frames.ack("id", 7),
        frames.refused(Refused("id", "code", {"most": 3}, "sentence", True)),
        frames.pong(1.5, NOON),
        frames.bye(CloseCode.OPEN_ELSEWHERE, "sentence"),
    ],
)
def test_every_frame_made_by_hand_is_one_the_types_describe(frame: bytes) -> None:
    length = frame[1]
    text = frame[2:] if length < 126 else frame[4:]
    decoded: ServerFrame = msgspec.json.decode(text, type=ServerFrame, strict=True)
    assert msgspec.to_builtins(decoded) == json.loads(text)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536, 70000])
def test_a_frame_is_what_rfc_6455_says(size: int) -> None:
    from websockets.frames import Frame, Opcode

    payload = b"x" * size
    assert as_frame(payload) == Frame(Opcode.TEXT, payload).serialize(mask=False)


def test_sections_join_to_json() -> None:
    assert json.loads(as_object({'a"b': b"1", "c": b"[null]"})) == {'a"b': 1, "c": [None]}
