"""Reads the catalogues (`locale/<language>/*.po`) once and says every sentence in the language asked for."""

import gettext
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from babel import Locale, UnknownLocaleError, negotiate_locale
from babel.messages.pofile import read_po

LOCALE = Path(__file__).parent.parent / "locale"
SOURCE = "en"


@dataclass(frozen=True, slots=True)
class _Catalogue:
    """One language: what each English sentence (or code) becomes, and which plural form a number takes."""

    one: Mapping[str, str]
    many: Mapping[tuple[str, str], tuple[str, ...]]
    form: Callable[[int], int]


class Catalogues:
    """Every language Ronde speaks; English sentences are their own keys, so only codes need an English file."""

    def __init__(self, folder: Path = LOCALE) -> None:
        self._languages = {path.name: _read(path) for path in sorted(folder.iterdir()) if path.is_dir()}
        self._languages.setdefault(SOURCE, _Catalogue({}, {}, _germanic))

    @property
    def languages(self) -> tuple[str, ...]:
        """List the languages people can choose, in alphabetical order."""
        return tuple(sorted(self._languages))

    def names(self) -> tuple[tuple[str, str], ...]:
        """Pair each language with its name in that language ("fr", "Français")."""
        return tuple((code, _own_name(code)) for code in self.languages)

    def choose(self, *wishes: str | None) -> str:
        """Choose the first language that exists among wishes: plain codes or Accept-Language headers."""
        for wish in wishes:
            for tag in _by_preference(wish or ""):
                if found := negotiate_locale([tag.replace("-", "_")], self.languages):
                    return found
        return SOURCE

    def say(self, language: str, sentence: str, **values: object) -> str:
        """Say a sentence, or the sentence behind a code; an unknown one is returned as it is."""
        said = (
            self._languages[language].one.get(sentence)
            or self._languages[SOURCE].one.get(sentence)
            or sentence
        )
        return said % values if values else said

    def count(self, language: str, one: str, many: str, number: int, **values: object) -> str:
        """Say a sentence whose form depends on a number, given to it as %(num)s."""
        return self.form(language, one, many, number) % {"num": number, **values}

    def form(self, language: str, one: str, many: str, number: int) -> str:
        """Choose the form of a sentence for a number, its %(…)s still to be filled."""
        catalogue = self._languages[language]
        forms = catalogue.many.get((one, many))
        return forms[catalogue.form(number)] if forms else (one if number == 1 else many)

    def missing(self, language: str, sentences: Iterable[str]) -> tuple[str, ...]:
        """List the sentences a language cannot say yet; none for English."""
        if language == SOURCE:
            return ()
        known = self._languages[language]
        plurals = {form for pair in known.many for form in pair}
        return tuple(s for s in sentences if s not in known.one and s not in plurals)


def _germanic(number: int) -> int:
    return 0 if number == 1 else 1


def _read(folder: Path) -> _Catalogue:
    one: dict[str, str] = {}
    many: dict[tuple[str, str], tuple[str, ...]] = {}
    form: Callable[[int], int] = _germanic
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale=folder.name, charset="utf-8", abort_invalid=True)
        form = gettext.c2py(catalogue.plural_expr)
        for message in catalogue:
            match message.id, message.string:
                case str(key), str(said) if key and said:
                    one[key] = said
                case (str(single), str(plural)), tuple(forms) if all(forms):
                    many[(single, plural)] = tuple(str(each) for each in forms)
    return _Catalogue(one, many, form)


def _own_name(code: str) -> str:
    try:
        return (Locale.parse(code).get_display_name(code) or code).capitalize()
    except UnknownLocaleError:
        return code


def _by_preference(header: str) -> tuple[str, ...]:
    """Order the tags of an Accept-Language header (RFC 9110 §12.5.4), at most ten; a plain code is one tag."""
    weighted = []
    for rank, part in enumerate(header.split(",")[:10]):
        tag, _, weight = part.partition(";q=")
        tag = tag.strip()
        if not tag or not tag.replace("-", "").replace("_", "").isalnum():
            continue
        try:
            weighted.append((-float(weight or 1), rank, tag))
        except ValueError:
            continue
    return tuple(tag for weight, _, tag in sorted(weighted) if weight < 0)
