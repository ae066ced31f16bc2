"""Checks what may be in the repository at all."""

import re
from pathlib import Path

from devtools.steps import ROOT
from tests.house.tracked import text_of, tracked_files

LONGEST = 400
BIGGEST = 1_500_000
CODE = {".py", ".ts", ".tsx", ".mjs"}
DOT = r"\."
REGISTRIES = re.compile(
    "|".join(
        (
            f"pypi{DOT}org",
            f"pythonhosted{DOT}org",
            f"npmjs{DOT}(?:org|com)",
            f"yarnpkg{DOT}com",
            f"deb{DOT}debian",
            f"crates{DOT}io",
        )
    )
)
MACHINE = re.compile(r"(?<![\w.-])/(?:work/(?:main|shared)|root/|opt/wheels|tmp/ronde|(?:home|Users)/\w+/)")
FOREIGN_FOLDERS = {"node_modules", "vendor", "vendors", "third_party", "dist", "site-packages"}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_file_names_a_registry_or_a_folder_of_somebodys_machine() -> None:
    found = [
        f"{_name(path)}:{number}: {line.strip()[:100]}"
        for path in tracked_files()
        if path != Path(__file__)
        for number, line in enumerate((text_of(path) or "").splitlines(), 1)
        if REGISTRIES.search(line) or MACHINE.search(line)
    ]
    assert not found, "\n".join(found)


def test_no_source_file_is_longer_than_its_reader_can_hold() -> None:
    lengths = {
        _name(path): len((text_of(path) or "").splitlines())
        for path in tracked_files()
        if path.suffix in CODE
    }
    longest = sorted(lengths, key=lengths.__getitem__, reverse=True)[:10]
    print("\n".join(f"{lengths[name]:5} {name}" for name in longest))
    too_long = [f"{name}: {count} lines" for name, count in lengths.items() if _is_too_long(name, count)]
    assert not too_long, "split by idea: " + ", ".join(too_long)


def _is_too_long(name: str, count: int) -> bool:
    return count > LONGEST and ".gen." not in name


def test_nothing_built_or_made_by_others_is_tracked() -> None:
    found = [_name(path) for path in tracked_files() if _is_foreign(path)]
    assert not found, "\n".join(found)


def _is_foreign(path: Path) -> bool:
    if FOREIGN_FOLDERS & set(path.relative_to(ROOT).parts):
        return True
    if path.name.endswith((".min.js", ".min.css", ".map", ".pyc", ".woff", ".woff2", ".ttf", ".otf", ".mo")):
        return True
    if path.suffix in {".js", ".mjs", ".ts", ".tsx", ".css"}:
        return max(map(len, (text_of(path) or "").splitlines()), default=0) > 1000
    return False


def test_no_tracked_file_is_too_heavy_to_clone() -> None:
    heavy = [_name(path) for path in tracked_files() if path.stat().st_size > BIGGEST]
    assert not heavy, ", ".join(heavy)
