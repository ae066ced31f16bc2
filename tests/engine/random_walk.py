"""Gives commands as people, browsers and mischief give them: mostly sensible, sometimes absurd."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from random import Random
from typing import get_args

from app.engine import commands as c
from app.engine import ladder_commands as ladder
from app.engine.continuity import Rung
from app.engine.events import Trace
from app.engine.ids import CLOCK, SERVER, Actor, EntryId, PersonId
from app.engine.ladder import LIVEKIT, NO_LIVEKIT, Bridge, Fault, Microphones
from app.engine.permissions import commands_of, writes
from app.engine.protocol import Kind, Role
from app.engine.state import Session
from tests.builders import FACILITATOR, START

ABSURD = 0.15
WORDS = ("équipe", "مرحبا", "🪑", "déléguer la finance", "Et si… ?", "x" * 10_000)
BAD_WORDS = ("", "  ", "x" * 10_001, "\x00", "\ud800", "\n")
FIELDS: Mapping[Kind, tuple[dict[str, str], ...]] = {
    Kind.ACTION: ({"first_step": "Appeler", "follow_up": "2026-04-01"}, {"follow_up": "demain"}),
    Kind.LEARNING: ({"a4": "learnings"}, {"a4": "5"}),
    Kind.RATING: ({"helped": "5"}, {"helped": "6"}, {"\ud800": "1"}),
}
STRANGER = PersonId("mallory")
ALL_COMMANDS: tuple[type[c.Command], ...] = get_args(c.Command)
FROM_BROWSERS = (
    c.Write,
    c.Write,
    c.Write,
    c.Next,
    c.Next,
    c.StartRound,
    c.AcceptContract,
    c.KeepIdea,
    c.Reveal,
)
"""What happens more often than the rest."""


class Walk:
    """Draws one command after another for a session, from one seed."""

    def __init__(self, seed: int) -> None:
        """Remember the seed: the same one gives the same walk."""
        self.rng = Random(seed)

    def step(self, session: Session) -> tuple[Actor, c.Command, int]:
        """Draw who gives which command, and after how many seconds."""
        seconds = self.rng.choice((0, 0, 0, 1, 20, 100, 400))
        if self.rng.random() < ABSURD or not session.people:
            people: tuple[Actor, ...] = (*(each.id for each in session.people), STRANGER, CLOCK, SERVER)
            who = self.rng.choice(people)
            return who, self._make(self.rng.choice(ALL_COMMANDS), session, who), seconds
        person = self.rng.choice((*session.people, session.people[0], session.people[0]))
        commands = sorted(commands_of(session, person), key=lambda each: each.__name__)
        rare = (c.End, c.RemovePerson, c.AddPerson, c.Undo)
        weighted = [each for each in commands if each not in rare or self.rng.random() < 0.3]
        weighted += [each for each in FROM_BROWSERS if each in commands]
        if not weighted:
            return FACILITATOR, c.OpenDoors(), seconds
        return person.id, self._make(self.rng.choice(weighted), session, person.id), seconds

    def _make(self, kind: type[c.Command], session: Session, by: Actor) -> c.Command:
        make = self._special(session, by).get(kind)
        return make() if make else kind()  # type: ignore[call-arg]

    def _special(self, session: Session, by: Actor) -> dict[type[c.Command], Callable[[], c.Command]]:
        rng, flag = self.rng, self.rng.random() < 0.7
        entry, person, words = self._entry(session), self._person(session), self._words()
        key = (
            session.slot.key
            if session.slot and rng.random() < 0.9
            else rng.choice(("opening", "question.2", ""))
        )
        own = list(session.orders.get(PersonId(by), ()))
        rng.shuffle(own)
        return {
            c.ChangePlan: lambda: c.ChangePlan(
                title=rng.choice((None, "Rhône", "")),
                starts_at=rng.choice((None, START, START + timedelta(hours=1))),
                rounds=rng.choice((None, 1, 3, 0, 99)),
                minutes=rng.choice((None, {}, {"opening": timedelta(minutes=6)}, {"x": timedelta()})),
                bridge=rng.choice(
                    (None, Bridge("+33 1 23", "42#", "https://meet.example/x"), Bridge(link="x"))
                ),
                relay=rng.choice((None, person, PersonId(""))),
                microphones=rng.choice((None, *Microphones)),
                screen_share=rng.choice((None, True, False)),
                language=rng.choice((None, "en", "")),
                trace=rng.choice((None, *Trace)),
                reserve=rng.choice((None, person, PersonId(""))),
                clients=rng.choice((None, (), (person,), (None, person, person))),
            ),
            c.AddPerson: lambda: c.AddPerson(
                rng.choice((person, PersonId(f"p{rng.randrange(14)}"), PersonId("\ud800"))),
                rng.choice(("Zoé", "Yan", "", "\n")),
                rng.choice(tuple(Role)),
                rng.choice(((), ("équipe",))),
            ),
            c.RemovePerson: lambda: c.RemovePerson(person),
            c.AssignRole: lambda: c.AssignRole(person, rng.choice(tuple(Role))),
            c.ProposeSubject: lambda: c.ProposeSubject(
                entry, words[:300], urgency=rng.choice((1, 2, 3, 3, 9))
            ),
            c.SignalInterest: lambda: c.SignalInterest(entry, flag),
            c.ChooseClient: lambda: self._choose(session, person),
            c.DeclineClient: lambda: c.DeclineClient(not flag),
            c.Leave: lambda: c.Leave(not flag),
            c.Pause: lambda: c.Pause(rng.choice(("", "Bruno", "\ud800", "x" * 201))),
            c.Extend: lambda: c.Extend(rng.choice((60, -60, 300, -3600, 0, 10**15, -(10**15)))),
            c.Next: lambda: c.Next(key),
            c.Back: lambda: c.Back(key),
            c.Replan: lambda: c.Replan(rng.choice(("shave", "borrow", "later", ""))),
            c.LowerHand: lambda: c.LowerHand(rng.choice((None, person))),
            c.GiveFloor: lambda: c.GiveFloor(rng.choice((None, person))),
            c.PassFloor: lambda: c.PassFloor(rng.choice((None, session.floor.holder, person))),
            c.Write: lambda: self._write(session, by, entry, words),
            c.Erase: lambda: c.Erase(entry),
            c.AcceptContract: lambda: self._accept(session, entry),
            c.KeepIdea: lambda: c.KeepIdea(entry, flag),
            c.OrderActions: lambda: c.OrderActions(tuple(own) if flag else (entry, entry)),
            c.SayReady: lambda: c.SayReady(flag),
            **self._rungs(session),
        }

    def _rungs(self, session: Session) -> dict[type[c.Command], Callable[[], c.Command]]:
        rng = self.rng
        rung, person = rng.choice(tuple(Rung)), self._person(session)
        maybe = rng.choice((None, rung))
        return {
            ladder.MoveGroup: lambda: ladder.MoveGroup(rung, rng.choice(("", LIVEKIT, NO_LIVEKIT))),
            ladder.OfferRise: lambda: ladder.OfferRise(maybe),
            ladder.MovePerson: lambda: ladder.MovePerson(person, maybe),
            ladder.ForceRung: lambda: ladder.ForceRung(session.ladder.offer or rung),
            ladder.AskToPhone: lambda: ladder.AskToPhone(person),
            ladder.TakeRung: lambda: ladder.TakeRung(maybe),
            ladder.PlacePerson: lambda: ladder.PlacePerson(person, maybe),
            ladder.Drill: lambda: ladder.Drill(
                rng.choice(tuple(Fault)), rng.choice((None, person)), rng.random() < 0.7
            ),
            ladder.AllowScreen: lambda: ladder.AllowScreen(rng.random() < 0.5),
        }

    def _entry(self, session: Session) -> EntryId:
        """Name an entry that exists, or one that could."""
        ids = list(session.entries)
        if ids and self.rng.random() < 0.6:
            return self.rng.choice(ids)
        return EntryId(
            self.rng.choice((f"e{self.rng.randrange(40)}", f"e{self.rng.randrange(40)}", "../x", ""))
        )

    def _person(self, session: Session) -> PersonId:
        return self.rng.choice((*(each.id for each in session.people), STRANGER))

    def _words(self) -> str:
        return self.rng.choice(BAD_WORDS if self.rng.random() < ABSURD else WORDS)

    def _choose(self, session: Session, person: PersonId) -> c.ChooseClient:
        subjects = [
            each.id
            for each in session.entries.values()
            if each.author == person and each.kind is Kind.SUBJECT
        ]
        subject = self.rng.choice((None, *subjects, self._entry(session)))
        reserve = self.rng.choice((None, self._person(session)))
        return c.ChooseClient(person, subject, reserve, self.rng.choice((None, None, 1, 2, 0, 9)))

    def _accept(self, session: Session, entry: EntryId) -> c.AcceptContract:
        contract = session.contracts.get(session.turn)
        if contract is None or self.rng.random() < ABSURD:
            return c.AcceptContract(entry)
        return c.AcceptContract(
            contract.entry,
            self.rng.choice((None, session.entries[contract.entry].revision, 1)),
            self.rng.random() < 0.3,
        )

    def _write(self, session: Session, by: Actor, entry: EntryId, words: str) -> c.Write:
        person = session.find_person(PersonId(by))
        kinds = list(writes(session, person)) if person and self.rng.random() > ABSURD else list(Kind)
        if entry in session.entries and self.rng.random() < 0.5:
            kinds = [session.entries[entry].kind]
        kind = self.rng.choice(kinds or list(Kind))
        return c.Write(entry, kind, words, self.rng.choice((*FIELDS.get(kind, ()), {})))
