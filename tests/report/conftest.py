"""Serves the whole program on a clock that the test moves, as for the live room."""

from tests.realtime.conftest import clock, parts, video

__all__ = ["clock", "parts", "video"]
