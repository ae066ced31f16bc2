"""Lists the files of this repository as git sees them, new ones included."""

import subprocess
from functools import cache
from pathlib import Path

from devtools.steps import ROOT


@cache
def tracked_files() -> tuple[Path, ...]:
    """Give the files that are tracked or would be by `git add`, without what .gitignore names."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    names = filter(None, listing.stdout.split("\0"))
    return tuple(sorted({ROOT / name for name in names if (ROOT / name).is_file()}))


def text_of(path: Path) -> str | None:
    """Read a file as text; None when it is a picture, a font or the like."""
    content = path.read_bytes()
    return None if b"\0" in content[:8000] else content.decode("utf-8", errors="replace")
