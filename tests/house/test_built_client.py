"""Checks what browsers will load: allowed by the strict policy, complete and light."""

import gzip
import json
import re

from devtools.steps import ROOT

DIST = ROOT / "app" / "static" / "dist"
ENTRIES = ROOT / "app" / "client" / "entries"
ROOM_LIMIT = 25 * 1024


def _manifest() -> dict[str, dict[str, str | list[str]]]:
    found: dict[str, dict[str, str | list[str]]] = json.loads((DIST / "manifest.json").read_text())
    return found


def _files(name: str) -> list[str]:
    entry = _manifest()[name]
    return [str(entry["file"]), *entry["preload"]]


def test_every_entry_is_built() -> None:
    scripts = {f"{path.stem}.js" for path in ENTRIES.glob("*.ts*") if ".test." not in path.name}
    assert scripts <= set(_manifest())
    for name in _manifest():
        assert all((DIST / file.rpartition("/")[2]).is_file() for file in _files(name))


def test_no_script_makes_code_from_text() -> None:
    wrong = [
        path.name for path in DIST.glob("*.js") if re.search(r"\beval\(|new Function\b", path.read_text())
    ]
    assert not wrong


def test_no_style_or_script_loads_from_elsewhere() -> None:
    for path in (*DIST.glob("*.css"), *DIST.glob("*.js")):
        found = re.findall(r"(?:url\(|import\(|from)\s*[\"']?(https?:)?//", path.read_text())
        assert not found, path.name


def test_the_room_is_light_enough_for_a_weak_line() -> None:
    weight = sum(
        len(gzip.compress((DIST / file.rpartition("/")[2]).read_bytes())) for file in _files("room.js")
    )
    print(f"room: {weight / 1024:.1f} KiB of compressed script")
    assert weight <= ROOM_LIMIT
