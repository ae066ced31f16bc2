"""Reads people from whatever was pasted: a spreadsheet, a mail's recipients, a list of names, in any mixture."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from email_validator import EmailNotValidError, validate_email

LONGEST_NAME = 80
LONGEST_TEXT = 20_000
MOST_PEOPLE = 40

_ADDRESS = re.compile(r"""[^\s<>,;:"'()\[\]]+@[^\s<>,;"'()\[\]]*""")
_AROUND = " \t,;:<>\"'()[]«»“”•·*-–—"
_HEADINGS = frozenset(
    [
        "nom",
        "name",
        "prénom",
        "prenom",
        "firstname",
        "lastname",
        "surname",
        "mail",
        "email",
        "e-mail",
        "courriel",
        "adresse",
        "address",
        "person",
        "personne",
    ]
)


class Trouble(StrEnum):
    """What is unusual in a line; only a bad address stops a session from being saved."""

    NO_ADDRESS = "no-address"
    BAD_ADDRESS = "bad-address"
    TWICE = "twice"
    NAME_GUESSED = "name-guessed"
    NAME_CUT = "name-cut"
    TOO_MANY = "too-many"


@dataclass(frozen=True, slots=True)
class Named:
    """A person as pasted."""

    name: str
    email: str  # "" when none was given
    line: int  # from 1

    @property
    def key(self) -> str:
        """What makes them the same person in another paste: the address, else the name."""
        return (self.email or self.name).casefold()


@dataclass(frozen=True, slots=True)
class Problem:
    """What to say about a line."""

    trouble: Trouble
    line: int
    about: str  # the name or address concerned


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was recognised."""

    people: tuple[Named, ...]
    problems: tuple[Problem, ...]

    @property
    def stops(self) -> bool:
        """Whether something must be corrected first."""
        return any(each.trouble is Trouble.BAD_ADDRESS for each in self.problems)


def read_people(text: str) -> Pasted:
    """Recognise names and addresses, at most MOST_PEOPLE, in the order they come; never raises."""
    people: dict[str, Named] = {}
    problems: list[Problem] = []
    for number, line in enumerate(_whole_lines(text).splitlines(), start=1):
        for name, address in _entries(line):
            found, trouble = _person(name, address, number)
            problems += trouble
            if found is None:
                continue
            if found.key in people:
                problems.append(Problem(Trouble.TWICE, number, found.name))
            elif len(people) == MOST_PEOPLE:
                problems.append(Problem(Trouble.TOO_MANY, number, found.name))
                return Pasted(tuple(people.values()), tuple(problems))
            else:
                people[found.key] = found
    return Pasted(tuple(people.values()), tuple(problems))


def _whole_lines(text: str) -> str:
    """Cut what is too long between two lines, so that nobody is read by half."""
    if len(text) <= LONGEST_TEXT:
        return text
    return text[:LONGEST_TEXT].rpartition("\n")[0] or text[:LONGEST_TEXT]


def clean_name(text: str) -> str:
    """Make a name harmless to show: composed, on one line, without controls or changes of direction."""
    composed = unicodedata.normalize("NFC", text)
    shown = "".join(c if _visible(c) else " " for c in composed)
    return " ".join(shown.split())


def as_line(name: str, email: str) -> str:
    """Write a person the way `read_people` reads them back."""
    return f"{name} <{email}>" if email else name


def _visible(char: str) -> bool:
    """Keep letters, marks, emoji and their joiners; drop controls and the characters that turn text around."""
    return char in "\u200c\u200d" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _entries(line: str) -> list[tuple[str, str]]:
    """Split a line into (name, address) pairs; one of the two may be empty."""
    addresses = list(_ADDRESS.finditer(line))
    if not addresses:
        if _is_heading(line):
            return []
        parts = line.split(";") if ";" in line else [line] if "\t" in line else line.split(",")
        return [(part, "") for part in parts if part.strip(_AROUND)]
    if len(addresses) == 1:
        around = f"{line[: addresses[0].start()]} {line[addresses[0].end() :]}"
        return [(around.replace(";", " ").replace("\t", " "), addresses[0].group())]
    entries, at = [], 0
    names_follow = not line[: addresses[0].start()].strip(_AROUND)
    for index, address in enumerate(addresses):
        after = addresses[index + 1].start() if index + 1 < len(addresses) else len(line)
        name = line[address.end() : after] if names_follow else line[at : address.start()]
        *earlier, own = re.split(r";", name.strip(" ;")) if not names_follow else [name]
        entries += [(lone, "") for lone in earlier if lone.strip(_AROUND)]
        entries.append((own, address.group()))
        at = address.end()
    if not names_follow and line[at:].strip(_AROUND):
        entries += [(rest, "") for rest in line[at:].split(";") if rest.strip(_AROUND)]
    return entries


def _is_heading(line: str) -> bool:
    words = re.findall(r"[\w-]+", line.casefold())
    return bool(words) and all(word in _HEADINGS for word in words)


def _person(raw: str, address: str, line: int) -> tuple[Named | None, list[Problem]]:
    problems = []
    email = ""
    if address:
        try:
            checked = validate_email(address.strip(".:"), check_deliverability=False)
            email = checked.normalized
        except EmailNotValidError:
            problems.append(Problem(Trouble.BAD_ADDRESS, line, clean_name(address)[:LONGEST_NAME]))
    name = _in_order(clean_name(raw.strip(_AROUND)).strip(_AROUND), bool(address))
    if not name and email:
        name = _guessed(email)
        problems.append(Problem(Trouble.NAME_GUESSED, line, name))
    if not any(char.isalnum() or unicodedata.category(char) == "So" for char in name):
        return None, problems
    if len(name) > LONGEST_NAME:
        name = name[:LONGEST_NAME].rstrip()
        problems.append(Problem(Trouble.NAME_CUT, line, name))
    if not address:
        problems.append(Problem(Trouble.NO_ADDRESS, line, name))
    return Named(name, email, line), problems


def _in_order(name: str, has_address: bool) -> str:
    """Turn "Haddad, Karim <…>" around, as mail programs write it; drop the comma of "Karim Haddad, …"."""
    parts = [part.strip(_AROUND) for part in name.split(",")]
    parts = [part for part in parts if part]
    if has_address and len(parts) == 2:
        return f"{parts[1]} {parts[0]}"
    return " ".join(parts)


def _guessed(email: str) -> str:
    """Guess "Nadia Benali" from nadia.benali@…"""
    words = re.split(r"[._+\-\d]+", email.partition("@")[0])
    return " ".join(word.capitalize() for word in words if word) or email
