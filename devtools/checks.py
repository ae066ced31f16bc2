"""Runs the linters, the type checkers and the client's own tests, two at a time."""

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from devtools.environment import environment
from devtools.steps import ROOT, say

WHOLE_SUITE = ("-n", "2", "--dist", "worksteal")
PYTHON_SOURCES = ("app", "bench", "devtools", "tests", "dev.py")


@dataclass(frozen=True, slots=True)
class Check:
    """One tool with its words; its output is shown only when it fails."""

    name: str
    command: tuple[str, ...]


def _checks() -> tuple[Check, ...]:
    client_tests = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("app/client/**/*.test.ts"))
    checks = [
        Check("mypy", ("mypy", *PYTHON_SOURCES)),
        Check("tsc", ("tsc", "--noEmit")),
        Check("ruff", ("ruff", "check", ".")),
        Check("ruff format", ("ruff", "format", "--check", ".")),
        Check("import-linter", ("lint-imports", "--no-cache", "--no-logo")),
        Check(
            "Biome", ("biome", "ci", "--error-on-warnings", "--diagnostic-level=warn", "--colors=off", ".")
        ),
    ]
    if client_tests:
        checks.append(Check("node --test", ("node", "--test", *client_tests)))
    return tuple(checks)


def lint(*, fix: bool = False) -> int:
    """Run every check and return 0 when all of them are content, else 1."""
    if fix:
        for command in (
            ("ruff", "check", "--fix", "."),
            ("ruff", "format", "."),
            ("biome", "check", "--write", "."),
        ):
            subprocess.run(command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL)
    with ThreadPoolExecutor(max_workers=2) as pool:
        return max(pool.map(_passes, _checks()))


def _passes(check: Check) -> int:
    started = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    seconds = time.monotonic() - started
    if done.returncode == 0:
        say(f"  ✓ {check.name} ({seconds:.1f} s)")
        return 0
    say(f"  ✗ {check.name} ({seconds:.1f} s)\n{done.stdout.rstrip()}")
    return 1
