"""Puts what a person keeps into words of their language: for print, for Markdown and for JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date

from app.usecases.records import DocumentKind, PlannedSession
from app.usecases.write_report import DETAILS, FOUR_A, Action, Report
from app.web import times
from app.web.rendering import Sentences

_ = str  # marks sentences for the catalogue; they are said in the reader's language below

DETAIL_NAMES: Mapping[str, str] = {
    "first_step": _("First small step"),
    "when": _("When"),
    "with_whom": _("With whom"),
    "how_known": _("I will know"),
    "obstacle": _("What could get in the way"),
    "follow_up": _("I come back to it on"),
}
A4_NAMES: Mapping[str, str] = {
    "appreciation": _("What I appreciated"),
    "expectations": _("What I expected"),
    "learnings": _("What I learned"),
    "applications": _("What I will do with it"),
}
STEPS: Mapping[int, str] = {
    0: _("A plan to write"),
    1: _("One small step"),
    2: _("Two small steps"),
    3: _("Three small steps"),
}
QUOTES: Mapping[str, tuple[str, str]] = {"fr": ("«\u00a0", "\u00a0»"), "en": ("“", "”")}
FRENCH_VOWELS = "aàâeéèêëhiîïoôœuùûy"


@dataclass(frozen=True, slots=True)
class Words:
    """Says a report in one language."""

    sentences: Sentences
    lang: str

    def say(self, sentence: str, **values: object) -> str:
        """Say a sentence of the catalogue."""
        return self.sentences.say(self.lang, sentence, **values)

    # -- headings ------------------------------------------------------------------------------------

    def heading(self, report: Report) -> str:
        """Name a document by what is in it: "Two small steps"."""
        if report.kind is DocumentKind.LEARNINGS:
            return self.say(_("What I take with me"))
        if (named := STEPS.get(len(report.actions))) is not None:
            return self.say(named)
        return self.sentences.count(
            self.lang, _("%(num)s small step"), _("%(num)s small steps"), len(report.actions)
        )

    def whose(self, report: Report) -> str:
        """Say whose document it is and of which day."""
        day = times.day(self.lang, report.held_at, report.zone)
        sentence = (
            _("%(whose)s plan, %(day)s")
            if report.kind is DocumentKind.PLAN
            else _("%(whose)s learnings, %(day)s")
        )
        return self.say(sentence, whose=self.possessive(report.reader), day=day)

    def possessive(self, name: str) -> str:
        """Say "Nadia’s", "de Nadia", "d’Awa"."""
        if self.lang != "fr":
            return f"{name}’s"
        return f"d’{name}" if name[:1].lower() in FRENCH_VOWELS and name else f"de {name}"

    def where(self, report: Report) -> str:
        """Say which session of which group it was."""
        return self.say(_("%(group)s, session %(number)s"), group=report.group, number=report.number)

    def next_session(self, planned: PlannedSession | None) -> str:
        """Say when the group meets again, or nothing."""
        if planned is None:
            return ""
        day = times.day(self.lang, planned.starts_at, planned.zone)
        return f"{day}, {times.hour(self.lang, planned.starts_at, planned.zone)}"

    def details(self, action: Action) -> tuple[tuple[str, str], ...]:
        """Pair the names and texts of what a small step says."""
        return tuple(
            (self.say(DETAIL_NAMES[name]), self._date(text) if name == "follow_up" else text)
            for name in DETAILS
            if (text := action.details.get(name, ""))
        )

    def by_a4(self, report: Report) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Group learnings by the four A that have any."""
        groups = ((a4, tuple(each.text for each in report.learnings if each.a4 == a4)) for a4 in FOUR_A)
        return tuple((self.say(A4_NAMES[a4]), texts) for a4, texts in groups if texts)

    def _date(self, text: str) -> str:
        try:
            return format_date(date.fromisoformat(text), "EEEE d MMMM y", locale=self.lang)
        except ValueError:
            return text

    # -- documents -----------------------------------------------------------------------------------

    def printed(self, report: Report, planned: PlannedSession | None) -> dict[str, Any]:
        """Give the PDF's template its data; `planned` is the group's next session."""
        opening, closing = QUOTES.get(self.lang, QUOTES["en"])
        is_plan = report.kind is DocumentKind.PLAN
        return {
            "reader": report.reader,
            "title": f"{self.whose(report)} · {self.where(report)}",
            "heading": self.heading(report),
            "request": report.request,
            "actions": [
                {
                    "title": action.title,
                    "details": [{"term": term, "text": text} for term, text in self.details(action)],
                }
                for action in report.actions
            ],
            "ideas": list(report.ideas),
            "learnings": [{"title": title, "texts": list(texts)} for title, texts in self.by_a4(report)],
            "next": self.next_session(planned),
            "timestamp": int(report.held_at.timestamp()),
            "words": {
                "open": opening,
                "close": closing,
                "belongs": self.say(_("Only %(name)s has this document."), name=report.reader),
                "request": self.say(_("Your request")),
                "empty": self.say(
                    _("No step was written during the session. These lines are yours.")
                    if is_plan
                    else _("Nothing was written during the session. These lines are yours.")
                ),
                "ideas": self.say(_("Ideas kept")),
                "learnings": self.say(_("What I take with me")),
                "after": self.say(_("What comes next")),
                "next": self.say(_("Next session:")),
                "return": self.say(_("What I tried, and what happened:")),
            },
        }

    def markdown(self, report: Report, planned: PlannedSession | None) -> str:
        """Write a report as Markdown; people's texts are escaped so that they stay what they typed."""
        lines = [
            f"# {self.heading(report)}",
            "",
            f"{_plain(self.whose(report))} · {_plain(self.where(report))}",
        ]
        if report.request:
            lines += ["", f"**{self.say(_('Your request'))}**", "", _quoted(report.request)]
        for rank, action in enumerate(report.actions, start=1):
            lines += ["", f"## {rank}. {_plain(action.title)}", ""]
            lines += [f"- **{term}** {_plain(text)}" for term, text in self.details(action)]
        if report.ideas:
            lines += [
                "",
                f"## {self.say(_('Ideas kept'))}",
                "",
                *(f"- {_plain(idea)}" for idea in report.ideas),
            ]
        for title, texts in self.by_a4(report):
            lines += ["", f"## {title}", *(line for text in texts for line in ("", _plain(text, "\n")))]
        if report.notes:
            lines += ["", f"## {self.say(_('My notes'))}"]
            lines += [line for text in report.notes for line in ("", _plain(text, "\n"))]
        if planned is not None:
            lines += ["", f"{self.say(_('Next session:'))} {self.next_session(planned)}"]
        return "\n".join(lines) + "\n"

    def plain(self, report: Report, planned: PlannedSession | None) -> dict[str, Any]:
        """Write a report as JSON values with stable English names."""
        return {
            "kind": report.kind.value,
            "group": report.group,
            "session": report.number,
            "held_at": report.held_at.isoformat(),
            "zone": report.zone,
            "reader": report.reader,
            "request": report.request,
            "actions": [{"title": action.title, **action.details} for action in report.actions],
            "ideas": list(report.ideas),
            "learnings": [{"a4": each.a4, "text": each.text} for each in report.learnings],
            "notes": list(report.notes),
            "next_session": planned.starts_at.isoformat() if planned else None,
        }


_MARKUP = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_[]<>#|~"})


def _plain(text: str, new_line: str = " ") -> str:
    """Escape what Markdown would take as markup; a line never begins a list or a heading."""
    lines = (line.strip().translate(_MARKUP) for line in text.splitlines())
    return new_line.join(f"\\{line}" if line[:1] in ("-", "+", "=") else line for line in lines)


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in _plain(text, "\n").split("\n"))
