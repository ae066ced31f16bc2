"""The command `protocols`: list, check, show and compare the ways of holding a session, from a terminal."""

import argparse
import asyncio
import os
import sys
import textwrap
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

from babel.numbers import format_decimal

from app.config import BadSetting, from_environment
from app.engine.plan import Slot, expand, total
from app.engine.protocol import Protocol, Voice
from app.gateways.i18n import Catalogues
from app.gateways.protocol_files import SHIPPED, ProtocolFiles, check_file
from app.gateways.protocol_schema import schema_text
from app.usecases.compare_protocols import compare
from app.usecases.protocol_library import Problem, told
from app.usecases.review_protocol import length, minutes

BAR = 44  # columns for the whole session
FILL = {
    Voice.CLIENT: "█",
    Voice.QUESTIONS: "▓",
    Voice.IN_TURN: "▒",
    Voice.ROUND: "▞",
    Voice.FREE: "░",
    Voice.NOBODY: "·",
    Voice.SILENCE: "·",
    Voice.WRITING: "·",
}
"""Who speaks, as a texture: the more one voice alone, the darker."""


class _Unknown(Exception):
    """There is neither a protocol nor a file of this name."""


def main(words: Sequence[str]) -> int:
    """Run `protocols …`; 0 when all is well, 1 when a file has faults, 2 when a name is unknown."""
    given = _arguments().parse_args(words)
    catalogues = Catalogues()
    lang = catalogues.choose(
        given.lang, *(os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    )
    try:
        own = from_environment(os.environ).data / "protocols"
    except BadSetting as problem:
        print(problem, file=sys.stderr)
        return 1
    return _Commands(catalogues, lang, ProtocolFiles(own)).run(given)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("protocols", description=__doc__)
    parser.add_argument("--lang", help="the language of the answer: fr or en")
    after = argparse.ArgumentParser(add_help=False)  # the same word after the command
    after.add_argument("--lang", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", parents=[after], help="every protocol at hand")
    check = commands.add_parser(
        "check", parents=[after], help="read files and name every fault with its line"
    )
    check.add_argument("files", nargs="+", type=Path, metavar="FILE")
    show = commands.add_parser(
        "show", parents=[after], help="one protocol, phase by phase, on a line of time"
    )
    show.add_argument("name", metavar="ID", help="the id of a protocol, or a file")
    diff = commands.add_parser(
        "diff", parents=[after], help="what changed from one protocol to another, in sentences"
    )
    diff.add_argument("before", metavar="A", help="an id or a file")
    diff.add_argument("after", metavar="B", help="an id or a file")
    schema = commands.add_parser("schema", help="the JSON Schema of a protocol file, for editors")
    schema.add_argument(
        "--check", action="store_true", help="only tell whether protocols/schema.json is up to date"
    )
    return parser


class _Commands:
    """The commands, in one language."""

    def __init__(self, catalogues: Catalogues, lang: str, files: ProtocolFiles) -> None:
        self._say = partial(catalogues.say, lang)
        self._told = partial(told, catalogues.say, lang)
        self._lang, self._files = lang, files

    def run(self, given: argparse.Namespace) -> int:
        """Run the command and return its exit code."""
        try:
            match given.command:
                case "list":
                    return self._list()
                case "check":
                    return max([self._check(path) for path in given.files])
                case "show":
                    return self._show(self._named(given.name))
                case "diff":
                    return self._diff(self._named(given.before), self._named(given.after))
                case _:
                    return self._schema(only_check=given.check)
        except _Unknown as unknown:
            known = ", ".join(protocol.id for protocol in asyncio.run(self._files.all()))
            self._complain(self._say("protocol-cli-unknown", name=unknown, known=known))
            return 2

    def _list(self) -> int:
        for protocol in asyncio.run(self._files.all()):
            own = f"  ({self._say('protocol-cli-own')})" if protocol.id in self._files.own() else ""
            print(
                f"{protocol.id:<21}{self._minutes(length(protocol)):>9}   {protocol.title[self._lang]}{own}"
            )
        for problem in self._files.problems():
            self._complain(self._line(problem))
        return 0

    def _check(self, path: Path) -> int:
        checked = check_file(path)
        for problem in checked.problems:
            print(self._line(problem))
        if checked.protocol is None:
            self._complain(self._say("protocol-cli-faulty", file=path.name))
            return 1
        verdict = "protocol-cli-warned" if checked.problems else "protocol-cli-good"
        title, long = checked.protocol.title[self._lang], minutes(length(checked.protocol))
        print(self._say(verdict, file=path.name, title=title, minutes=long))
        return 0

    def _show(self, protocol: Protocol) -> int:
        plan = expand(protocol, protocol.rounds, {})
        least, most = protocol.people
        facts = (
            protocol.id,
            self._say("protocol-cli-version", version=protocol.version),
            self._say("protocol-cli-people", least=least, most=most),
            self._minutes(total(plan)),
        )
        print(protocol.title[self._lang], " · ".join(facts), sep="\n")
        for text in (protocol.label, protocol.purpose):
            if text is not None:
                print("", *textwrap.wrap(text[self._lang], 96), sep="\n")
        print()
        for line in self._timeline(plan):
            print(line)
        return 0

    def _timeline(self, plan: tuple[Slot, ...]) -> Iterator[str]:
        """Draw each phase at its place on one common line of time."""
        whole, begins, shown = total(plan), timedelta(), 0
        widest = max(len(slot.phase.title[self._lang]) for slot in plan)
        for slot in plan:
            if slot.round != shown and slot.round:
                yield self._say("protocol-cli-round", number=slot.round)
            shown = slot.round
            phase, left, right = slot.phase, begins / whole, (begins + slot.planned) / whole
            bar = " " * round(left * BAR) + FILL[phase.voice] * max(1, round(right * BAR) - round(left * BAR))
            words = self._say(f"protocol-voice-{phase.voice}")
            if phase.protected:
                words += f" · {self._say('protocol-cli-protected')}"
            title = f"{phase.title[self._lang]:<{widest}}"
            yield f"{_clock(begins)}  {bar:<{BAR + 1}} {title}  {self._minutes(slot.planned):>7}  {words}"
            begins += slot.planned
        yield _clock(whole)

    def _diff(self, before: Protocol, after: Protocol) -> int:
        differences = compare(before, after, self._lang)
        for difference in differences:
            print(self._told(difference.sentence, difference.details))
        if not differences:
            print(self._say("protocol-diff-nothing"))
        return 0

    def _schema(self, *, only_check: bool) -> int:
        if not only_check:
            print(schema_text(), end="")
            return 0
        kept = SHIPPED / "schema.json"
        if kept.is_file() and kept.read_text(encoding="utf-8") == schema_text():
            return 0
        self._complain(self._say("protocol-cli-stale"))
        return 1

    def _named(self, name: str) -> Protocol:
        """Find a protocol by its id, or read it from a file; a faulty file says why. Raises _Unknown."""
        found = asyncio.run(self._files.find(name))
        if found is not None:
            return found
        if not Path(name).is_file():
            raise _Unknown(name)
        checked = check_file(Path(name))
        if checked.protocol is None:
            for problem in checked.problems:
                self._complain(self._line(problem))
            raise SystemExit(1)
        return checked.protocol

    def _line(self, problem: Problem) -> str:
        """Write `file:line: path: sentence`."""
        remark = f"{self._say('protocol-cli-remark')}: " if problem.warning else ""
        place = f"{problem.place}: " if problem.place else ""
        return (
            f"{problem.file}:{problem.line}: {place}{remark}{self._told(problem.sentence, problem.details)}"
        )

    def _minutes(self, span: timedelta) -> str:
        return self._say("protocol-cli-minutes", minutes=format_decimal(minutes(span), locale=self._lang))

    def _complain(self, sentence: str) -> None:
        print(sentence, file=sys.stderr)


def _clock(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    clock = f"{seconds // 3600}:{seconds // 60 % 60:02}"
    return f"{clock}:{seconds % 60:02}" if seconds % 60 else f"{clock}   "
