"""Lets html-validate read every page that is rendered, in both languages."""

import asyncio
import json
import re
import subprocess
from pathlib import Path

import pytest

from devtools.environment import node
from devtools.steps import ROOT
from tests.web.site import Planned, Site

ANYONES = ("/", "/sign-in", "/sign-in/unknown", "/j/unknown", "/nothing", "/protocols", "/protocols/codev-75")
HOSTS = (
    "/desk",
    "/me",
    "/outbox",
    "/prepare",
    "/prepare?group={gid}",
    "/sessions/{sid}",
    "/sessions/{sid}/cancel",
    "/sessions/{sid}/change",
    "/sessions/{sid}/attendance",
    "/groups/{gid}",
    "/console/{sid}",
    "/planb/{sid}",
)
LATER = frozenset({"/sessions/{sid}/attendance"})
"""Pages of which there is something only after the session; until then they say so."""
SEATS = ("/door/{sid}", "/room/{sid}", "/after/{sid}", "/planb/{sid}")
RULES = {
    "extends": ["html-validate:standard", "html-validate:a11y"],
    "root": True,
    "rules": {
        "no-trailing-whitespace": "off",  # what a template leaves between its lines costs nobody anything
        "no-implicit-button-type": "off",  # submitting is what a button of a form is for
        "aria-label-misuse": ["error", {"allowAnyNamable": True}],
        "meta-refresh": "off",  # only for those without script, on pages that wait for others
        "long-title": "off",  # a group chooses its own name
        "no-inline-style": "error",
        "require-sri": "off",  # everything is served from here
        "tel-non-breaking": "off",
    },
}


def _read(folder: Path) -> list[str]:
    """Give what html-validate finds in the pages of a folder."""
    config = folder / "rules.json"
    config.write_text(json.dumps(RULES))
    command = ROOT / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
    report = folder / "report.json"
    words: list[str | Path] = [node(), command, "--config", config, "--formatter", f"json={report}"]
    ran = subprocess.run(
        words + sorted(folder.glob("*.html")), capture_output=True, text=True, check=False
    )  # it ends with 1 when it found something
    assert report.exists(), ran.stderr
    return [
        f"{Path(page['filePath']).name}:{each['line']}: {each['ruleId']}: {each['message']}"
        for page in json.loads(report.read_text())
        for each in page["messages"]
    ]


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_every_page_is_valid_html(site: Site, planned: Planned, lang: str, tmp_path: Path) -> None:
    await site.send_letters()
    askers = (
        ("anyone", site.visitor(lang), (*ANYONES, planned.links["Karim Haddad"])),
        ("host", await site.desk_of(planned.host, lang), HOSTS),
        ("seat", await site.seated(planned.links["Nadia Benali"], lang), SEATS),
    )
    folder = tmp_path / "pages"
    folder.mkdir()
    for who, browser, paths in askers:
        for rank, path in enumerate(paths):
            answer = await browser.get(path.replace("{sid}", planned.id).replace("{gid}", planned.group))
            assert answer.headers["content-type"].startswith("text/html"), path
            assert who == "anyone" or answer.status_code == (404 if path in LATER else 200), path
            name = re.sub(r"\W+", "-", path)[:30]
            (folder / f"{who}-{rank:02d}{name}.html").write_text(answer.text)
        await browser.aclose()
    found = await asyncio.to_thread(_read, folder)
    assert not found, "\n".join(found)
