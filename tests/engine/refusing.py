"""Says in one line that a command is refused, and why."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.engine.errors import Code, Refusal


@contextmanager
def refused(code: Code) -> Iterator[None]:
    """Expect a Refusal with this code."""
    with pytest.raises(Refusal) as caught:
        yield
    assert caught.value.code is code
