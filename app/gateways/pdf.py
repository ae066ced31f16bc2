"""Prints documents with typst as PDF/A-2a and PDF/UA-1 in one file; any text renders or degrades, never fails."""

import asyncio
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, TypeVar

import typst

from app.usecases.ports import GatewayError

TEMPLATES = Path(__file__).parent.parent / "templates" / "report"
BUILT_FONTS = Path(__file__).parent.parent / "static" / "dist" / "fonts"
FONT_PACKAGES = {"fontpkg_noto_sans": "files", "noto_cjk_sans_jp_regular": ""}
"""Fonts that come as Python packages, too heavy for the browser's side: other alphabets, then Chinese, Japanese and Korean."""

STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]
MOST_REPAIRS = 6
"""typst may name unprintable signs a few at a time; past this many rounds everything rare is replaced at once."""
MISSING, LAST_MISSING = "□", "?"
LONGEST_WORD = 40
"""Characters without a place to break; 11 pt letters fill a line of 156 mm with about 75."""

MOST_MARKS = 5
"""Combining marks on one letter; no living language stacks more."""

T = TypeVar("T")


def font_folders() -> tuple[Path, ...]:
    """List the folders of fonts this installation has, the built ones first."""
    packaged = (Path(str(files(name))) / inside for name, inside in FONT_PACKAGES.items())
    return tuple(folder for folder in (BUILT_FONTS, *packaged) if folder.is_dir())


class TypstPdf:
    """Keeps one compiler warm in a thread of its own: fonts and templates are read once."""

    def __init__(self, templates: Path = TEMPLATES, fonts: Iterable[Path] | None = None) -> None:
        self._templates = templates
        self._fonts = tuple(font_folders() if fonts is None else fonts)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pdf")
        self._compiler: typst.Compiler | None = None

    async def render(self, template: str, data: Mapping[str, Any], lang: str) -> bytes:
        """Print data (JSON values) by `<template>.typ`; raises GatewayError only when the template itself is broken."""
        asked = {**data, "lang": lang}
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._print, template, asked)

    def close(self) -> None:
        """Let the thread end once the document it prints is done."""
        self._thread.shutdown(wait=False)

    def _print(self, template: str, data: dict[str, Any]) -> bytes:
        asked = _mapped(data, printable)
        for _ in range(MOST_REPAIRS):
            try:
                return self._compile(template, asked, STANDARDS)
            except typst.TypstError as error:
                missing = unprintable(error.diagnostic)
                if not missing:
                    break
                asked = _mapped(asked, partial(replaced, missing=missing))
        try:
            return self._compile(template, _mapped(asked, latin_only), STANDARDS)
        except typst.TypstError:
            pass
        try:
            return self._compile(template, _mapped(data, printable), [])
        except typst.TypstError as error:
            raise GatewayError(f"template {template}: {error.message}", retryable=False) from None

    def _compile(self, template: str, data: Mapping[str, Any], standards: list[Any]) -> bytes:
        pdf = self._warm().compile(
            input=str(self._templates / f"{template}.typ"),
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=standards,
            timestamp=int(data.get("timestamp", 0)),
        )
        assert isinstance(pdf, bytes)
        return pdf

    def _warm(self) -> typst.Compiler:
        if self._compiler is None:
            fonts = typst.Fonts(
                include_system_fonts=False, include_embedded_fonts=not self._fonts, font_paths=[*self._fonts]
            )
            self._compiler = typst.Compiler(root=self._templates, font_paths=fonts, ignore_system_fonts=True)
        return self._compiler


# -- text that can be printed ----------------------------------------------------------------------------

_NEW_LINES = re.compile(r"\r\n?|\u0085|\u2028|\u2029|\v|\f")
_LONG_WORD = re.compile(rf"[^\s\u00a0\u200b]{{{LONGEST_WORD},}}")
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\ufeff")
_TAGS = range(0xE0020, 0xE0080)


def printable(text: str) -> str:
    """Keep what paper can show: no control signs, no direction overrides (UAX 9), long words that can break."""
    lines = _NEW_LINES.sub("\n", unicodedata.normalize("NFC", text)).replace("\t", " ")
    kept = "".join(sign for sign in lines if _is_printable(sign))
    return _LONG_WORD.sub(_breakable, _without_towers(kept))


def _without_towers(text: str) -> str:
    """Keep at most MOST_MARKS combining marks on a letter: hundreds of them would cross the whole page."""
    signs = []
    marks = 0
    for sign in text:
        marks = marks + 1 if unicodedata.combining(sign) else 0
        if marks <= MOST_MARKS:
            signs.append(sign)
    return "".join(signs)


def _is_printable(sign: str) -> bool:
    match unicodedata.category(sign):
        case "Cc" | "Cs" | "Co" | "Cn":
            return sign == "\n"
        case "Cf":
            return sign not in _DIRECTIONS and (ord(sign) < 0xE0000 or ord(sign) in _TAGS)
        case _:
            return True


def _breakable(word: re.Match[str]) -> str:
    """Allow a line to end inside a very long word, between letters that do not combine."""
    signs = []
    since = 0
    for before, sign in zip("\u200d" + word[0], word[0], strict=False):
        since += 1
        if since >= LONGEST_WORD // 2 and before.isalnum() and sign.isalnum():
            signs.append("\u200b")
            since = 0
        signs.append(sign)
    return "".join(signs)


_NAMED = re.compile(r'(?:the text|codepoint) `"((?:[^"\\]|\\.)*)"`')
_ESCAPED = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))")


def unprintable(diagnostic: str) -> frozenset[str]:
    """Read in typst's complaint which signs no font has; they are written as Rust escapes them."""
    return frozenset(_ESCAPED.sub(_unescaped, name) for name in _NAMED.findall(diagnostic)) - {""}


def _unescaped(escape: re.Match[str]) -> str:
    if escape[1]:
        return chr(int(escape[1], 16))
    return {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}.get(escape[2], escape[2])


def replaced(text: str, missing: frozenset[str]) -> str:
    """Put a box in the place of each sign that cannot be printed; where the box itself cannot, a question mark."""
    for sign in sorted(missing, key=len, reverse=True):
        text = text.replace(sign, LAST_MISSING if sign == MISSING else MISSING)
    return text


def latin_only(text: str) -> str:
    """Replace everything that the document's own font might lack."""
    return "".join(
        sign if ord(sign) < 0x180 or sign in "\u2009\u202f–—‘’“”…•" else LAST_MISSING for sign in text
    )


def _mapped(value: T, change: Callable[[str], str]) -> T:
    """Copy JSON values with every string changed; names of fields stay."""
    changed: Any = value
    match value:
        case str():
            changed = change(value)
        case dict():
            changed = {name: _mapped(inner, change) for name, inner in value.items()}
        case list() | tuple():
            changed = [_mapped(inner, change) for inner in value]
    return changed  # type: ignore[no-any-return]
