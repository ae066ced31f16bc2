"""Checks the first sentence of every module and what each inner ring may import."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from devtools.steps import ROOT
from tests.house.tracked import tracked_files

INNER_RINGS = {
    "engine": ("app.engine",),
    "usecases": ("app.engine", "app.usecases", "email_validator", "msgspec"),
}


def _modules(folder: str) -> list[Path]:
    return [path for path in tracked_files() if path.suffix == ".py" and path.is_relative_to(ROOT / folder)]


@pytest.mark.parametrize("folder", ["app", "bench", "devtools", "tests"])
def test_every_module_begins_with_one_sentence(folder: str) -> None:
    wrong = []
    for path in _modules(folder):
        if "migrations" in path.parts and "versions" in path.parts:
            continue
        first = (ast.get_docstring(ast.parse(path.read_bytes())) or "").partition("\n")[0]
        if not first.endswith((".", "?")) or first.startswith("This "):
            wrong.append(f"{path.relative_to(ROOT)}: {first!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("ring", INNER_RINGS)
def test_the_inner_rings_import_only_the_standard_library_and_themselves(ring: str) -> None:
    allowed = INNER_RINGS[ring]
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in _modules(f"app/{ring}")
        for name in _imports(path)
        if not _is_allowed(name, allowed)
    ]
    assert not wrong, "\n".join(wrong)


def _is_allowed(name: str, allowed: tuple[str, ...]) -> bool:
    top = name.partition(".")[0]
    return top in sys.stdlib_module_names or any(f"{name}.".startswith(f"{own}.") for own in allowed)


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.module == "app":
                yield from (f"app.{alias.name}" for alias in node.names)
            else:
                yield node.module or "." * node.level
