"""Checks that what gets installed is pinned, hashed, complete and free of addresses."""

import json
import re

import pytest

from devtools.steps import ROOT

SETS = ("boot", "run", "dev", "bench")


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _locked(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9-]+)(?:\[.*\])?==(.*?)(?: ;.*)?(?: \\)?$", text, re.MULTILINE))


@pytest.mark.parametrize("name", SETS)
def test_every_wanted_package_is_locked_with_its_hashes(name: str) -> None:
    wanted = {
        _canonical(found[1])
        for line in (ROOT / "requirements" / f"{name}.in").read_text().splitlines()
        if (found := re.match(r"([A-Za-z][\w.-]*)", line))
    }
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert wanted <= set(_locked(name)), "run `python3 dev.py lock`"
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text


@pytest.mark.parametrize(("inner", "outer"), [("run", "dev"), ("dev", "bench")])
def test_tests_run_on_the_very_versions_that_serve(inner: str, outer: str) -> None:
    assert _locked(inner).items() <= _locked(outer).items()


def test_browser_packages_are_locked_without_an_address() -> None:
    wanted = json.loads((ROOT / "package.json").read_text())
    lock = json.loads((ROOT / "package-lock.json").read_text())
    root = lock["packages"][""]
    assert root.get("dependencies") == wanted["dependencies"]
    assert root.get("devDependencies") == wanted["devDependencies"]
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]
    assert all("integrity" in entry for name, entry in lock["packages"].items() if name)
