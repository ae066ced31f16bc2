"""Finds the system programs that the tests need, and installs them on a Debian-like system as root."""

import importlib.util
import os
import shutil
import sys
from pathlib import Path

from devtools.steps import Command, Stop, quietly, say

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MAC_BROWSERS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def find_browser() -> str | None:
    """Find Chromium or a relative of it; RONDE_CHROMIUM names another one."""
    named = os.environ.get("RONDE_CHROMIUM")
    found = [named, *map(shutil.which, BROWSERS), *filter(os.path.exists, MAC_BROWSERS)]
    return next((path for path in found if path), None)


def find_postgres() -> Path | None:
    """Find the folder of PostgreSQL's server programs, the newest version first."""
    folders = [Path("/usr/lib/postgresql"), Path("/opt/homebrew/opt"), Path("/usr/local/opt")]
    found = [path.parent for folder in folders for path in folder.glob("*/bin/initdb")]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).parent)
    return max(found, key=_version, default=None)


def _version(programs: Path) -> int:
    digits = "".join(filter(str.isdigit, programs.parent.name))
    return int(digits) if digits else 0


def missing_for_tests() -> tuple[str, ...]:
    """Name the Debian packages that the tests need and this machine lacks."""
    needs = {
        "python3-venv": importlib.util.find_spec("ensurepip") is not None,
        "chromium": find_browser() is not None,
        "postgresql": find_postgres() is not None,
        "poppler-utils": shutil.which("pdftoppm") is not None,
        "coturn": shutil.which("turnserver") is not None,
    }
    return tuple(name for name, is_here in needs.items() if not is_here)


def require_for_tests() -> None:
    """Install what is missing when that is possible; otherwise stop with the line to run."""
    missing = missing_for_tests()
    if not missing:
        return
    if shutil.which("apt-get") is None:
        if sys.platform == "darwin":
            brew = {
                "chromium": "--cask google-chrome",  # brew no longer installs Chromium: Apple did not sign it
                "postgresql": "postgresql@17",
                "poppler-utils": "poppler",
            }
            lines = "; ".join(f"brew install {brew.get(name, name)}" for name in missing)
            raise Stop(f"The tests need more programs. Run: {lines}")
        raise Stop(f"The tests need more programs: install what Debian calls {' '.join(missing)}.")
    if os.geteuid() != 0:
        raise Stop(
            "The tests need more programs. "
            f"Run: sudo apt-get update && sudo apt-get install -y {' '.join(missing)}"
        )
    say(f"  … installing system packages: {' '.join(missing)}")
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    quietly(["apt-get", "update", "-q"], env, "The list of system packages was not read")
    install: Command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing]
    quietly(install, env, "The system packages were not installed")
    say(f"  ✓ system packages: {' '.join(missing)}")
