"""The server a rehearsal starts for itself ends with it, also when it never came up."""

from pathlib import Path

import pytest

from app.rehearsal import local_server
from app.rehearsal.local_server import LocalServer, Stop


def is_there(server: LocalServer) -> bool:
    return Path(server._folder.name).exists()


async def test_a_server_that_starts_too_slowly_does_not_outlive_the_rehearsal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(local_server, "STARTS_WITHIN", 0.0)
    server = LocalServer()
    with pytest.raises(Stop, match="did not start within"):
        await server.__aenter__()
    assert server._process is not None
    assert server._process.returncode is not None, "the process has ended"
    assert not is_there(server), "and its folder is gone"
