"""Turns a page (a frozen dataclass) into HTML: one page, one dataclass, one template; templates print, they do not compute."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.web import times

TEMPLATES = Path(__file__).parent.parent / "templates"
DIST = Path(__file__).parent.parent / "static" / "dist"


class Sentences(Protocol):
    """The catalogues, as pages need them."""

    @property
    def languages(self) -> tuple[str, ...]:
        """List the languages people can choose."""
        ...

    def names(self) -> tuple[tuple[str, str], ...]:
        """Pair each language with its own name."""
        ...

    def choose(self, *wishes: str | None) -> str:
        """Choose the first language that exists among codes or Accept-Language headers."""
        ...

    def say(self, language: str, sentence: str, **values: object) -> str:
        """Say a sentence or a code."""
        ...

    def form(self, language: str, one: str, many: str, number: int) -> str:
        """Choose the form of a sentence for a number, its %(…)s still to be filled."""
        ...

    def count(self, language: str, one: str, many: str, number: int, **values: object) -> str:
        """Say a sentence that depends on a number, which it gets as %(num)s."""
        ...


class Page(Protocol):
    """What can be shown: a dataclass whose fields are exactly the names its template prints."""

    template: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Frame:
    """What the layout around every page knows: language, where one is, and who is signed in."""

    lang: str
    languages: tuple[tuple[str, str], ...]
    path: str
    signed_in: str | None  # the facilitator's name
    now: Any  # datetime, for "in 12 minutes"


class Assets:
    """Finds the hashed file that serves each built entry, and notices a new build."""

    def __init__(self, dist: Path = DIST) -> None:
        self._manifest = dist / "manifest.json"
        self._read_at = -1.0
        self._entries: Mapping[str, Mapping[str, Any]] = {}

    def url(self, name: str) -> str:
        """Name the file to load for "ronde.css" or "pages.js"; empty when it was not built."""
        return str(self._current().get(name, {}).get("file", ""))

    def preload(self, name: str) -> tuple[str, ...]:
        """List what an entry will import, so that browsers fetch it at once."""
        return tuple(self._current().get(name, {}).get("preload", ()))

    def _current(self) -> Mapping[str, Mapping[str, Any]]:
        try:
            changed = self._manifest.stat().st_mtime
        except FileNotFoundError:
            return {}
        if changed != self._read_at:
            self._entries, self._read_at = json.loads(self._manifest.read_text()), changed
        return self._entries


class Pages:
    """Renders pages, one environment per language."""

    def __init__(
        self, sentences: Sentences, templates: Path = TEMPLATES, assets: Assets | None = None
    ) -> None:
        self.sentences = sentences
        self.assets = assets or Assets()
        self._environments = {
            language: environment(sentences, language, templates, self.assets)
            for language in sentences.languages
        }

    def render(self, page: Page, frame: Frame) -> str:
        """Write the HTML of a page inside its frame."""
        values = {field.name: getattr(page, field.name) for field in fields(page)}
        return self._environments[frame.lang].get_template(page.template).render(frame=frame, **values)

    def show(self, request: Request, page: Page, status: int = 200) -> HTMLResponse:
        """Answer a request with a page in the language of the person who asks."""
        return HTMLResponse(self.render(page, self.frame(request)), status)

    def frame(self, request: Request) -> Frame:
        """Gather what the layout needs from a request."""
        return Frame(
            lang=self.language(request),
            languages=self.sentences.names(),
            path=request.url.path,
            signed_in=getattr(request.state, "signed_in", None),
            now=request.app.state.parts.clock.now(),
        )

    def language(self, request: Request) -> str:
        """Choose: the cookie `lang`, else what the browser prefers, else what the person's group noted."""
        return self.sentences.choose(
            request.cookies.get("lang"),
            request.headers.get("accept-language"),
            getattr(request.state, "lang", None),
        )


def environment(sentences: Sentences, language: str, templates: Path, assets: Assets) -> Environment:
    """Build the template environment of one language: strict names, escaping everywhere, `_()` and dates bound to it."""
    made = Environment(
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]  # added by the i18n extension
        partial(sentences.say, language), partial(sentences.form, language), newstyle=True
    )
    made.filters |= {name: _bound(write, language) for name, write in times.FILTERS.items()}
    made.filters["initials"] = initials
    made.filters["tint"] = tint
    made.globals |= {"asset": assets.url, "preload": assets.preload, "icon": partial(_icon, assets)}
    return made


def initials(name: str) -> str:
    """Shorten a name to the first letters of its first and last word: "Nadia Benali" → "NB"."""
    words = [word for word in name.split() if word[0].isalnum()] or name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def tint(identity: str) -> str:
    """Choose one of the four tints for a person without a picture: no meaning, the same as in the room (seat.tsx)."""
    total = 0
    for letter in identity:
        total = (total * 31 + min(ord(letter), 0xFFFF)) % 2**32
    return ("clay", "moss", "mist", "sand")[total % 4]


def _bound(write: Callable[..., str], language: str) -> Callable[..., str]:
    return lambda *values: write(language, *values)


def _icon(assets: Assets, name: str) -> Markup:
    """Draw an icon of the sprite; words always stand beside it, so screen readers skip it."""
    return Markup(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><use href="{}#{}"></use></svg>'
    ).format(assets.url("icons.svg"), name)
