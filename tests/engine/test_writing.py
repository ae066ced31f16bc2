"""What people write: who may, how much, who reads it; contract, ideas, actions."""

import pytest

from app.engine.commands import (
    AcceptContract,
    AssignRole,
    ChooseClient,
    End,
    Erase,
    KeepIdea,
    Next,
    OrderActions,
    ProposeSubject,
    Reveal,
    Start,
    Write,
)
from app.engine.errors import Code
from app.engine.events import ContractAccepted, EntryWritten, Side
from app.engine.ids import EntryId, PersonId
from app.engine.projections import project
from app.engine.protocol import Kind, Role, Sight
from app.engine.view import EntryView
from tests.builders import BRUNO, CHLOE, DRISS, FACILITATOR, START, Play, a_plan, a_troika
from tests.engine.refusing import refused


def write(play: Play, by: PersonId, entry: str, kind: Kind, text: str = "Un texte", **fields: str) -> None:
    play.do(Write(EntryId(entry), kind, text, fields), by)


def seen(play: Play, by: PersonId) -> dict[str, EntryView]:
    return dict(project(play.session, by, play.now).entries)


def test_a_note_is_for_its_author_alone_in_every_phase() -> None:
    play = Play().open()
    write(play, CHLOE, "n1", Kind.NOTE)
    assert set(seen(play, CHLOE)) == {"n1"}
    assert not seen(play, BRUNO)
    assert not seen(play, FACILITATOR)


def test_the_phase_says_what_may_be_written_and_who_reads_it() -> None:
    play = Play().start()
    with refused(Code.NOT_IN_THIS_PHASE):
        write(play, CHLOE, "q1", Kind.QUESTION)
    play.to("presentation")
    write(play, CHLOE, "q1", Kind.QUESTION)
    assert play.session.entries[EntryId("q1")].sight is Sight.AUTHOR
    with refused(Code.NOT_IN_THIS_PHASE):
        write(play, BRUNO, "q2", Kind.QUESTION)
    assert project(play.session, CHLOE, play.now).me.writes == {
        "subject": "all",
        "note": "author",
        "question": "author",
    }


def test_rewriting_keeps_the_author_and_nobody_else_may() -> None:
    play = Play().open()
    write(play, CHLOE, "n1", Kind.NOTE, "Avant")
    assert play.do(Write(EntryId("n1"), Kind.NOTE, "Avant"), CHLOE) == ()
    write(play, CHLOE, "n1", Kind.NOTE, "Après")
    assert (seen(play, CHLOE)["n1"].text, play.session.entries[EntryId("n1")].author) == ("Après", CHLOE)
    with refused(Code.NOT_YOURS):
        write(play, DRISS, "n1", Kind.NOTE)
    with refused(Code.NOT_YOURS):
        play.do(Erase(EntryId("n1")), DRISS)
    with refused(Code.WRONG_KIND):
        write(play, CHLOE, "n1", Kind.SUBJECT)
    play.do(Erase(EntryId("n1")), CHLOE)
    assert play.do(Erase(EntryId("n1")), CHLOE) == ()
    assert not seen(play, CHLOE)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (Write(EntryId("n"), Kind.NOTE, "   "), Code.EMPTY_TEXT),
        (Write(EntryId("n"), Kind.NOTE, "é" * 5001), Code.TEXT_TOO_LONG),
        (Write(EntryId("n"), Kind.NOTE, "\ud800"), Code.BAD_ENTRY),
        (Write(EntryId("n/../m"), Kind.NOTE, "x"), Code.BAD_ENTRY),
        (Write(EntryId(""), Kind.NOTE, "x"), Code.BAD_ENTRY),
        (Write(EntryId("n"), Kind.NOTE, "x", {"colour": "red"}), Code.BAD_ENTRY),
        (Write(EntryId("n"), Kind.ACTION, "x", {"follow_up": "demain"}), Code.BAD_ENTRY),
        (Write(EntryId("n"), Kind.ACTION, "x", {"when": "x" * 2001}), Code.TEXT_TOO_LONG),
        (Write(EntryId("n"), Kind.RATING, "", {"helped": "6"}), Code.BAD_ENTRY),
        (ProposeSubject(EntryId("n"), "x" * 301), Code.TEXT_TOO_LONG),
        (ProposeSubject(EntryId("n"), "x", nature="gossip"), Code.BAD_ENTRY),
        (ProposeSubject(EntryId("n"), "x", urgency=9), Code.BAD_ENTRY),
    ],
)
def test_what_cannot_be_kept_is_refused(command: Write, code: Code) -> None:
    with refused(code):
        Play().open().do(command, CHLOE)


def test_everybody_may_propose_three_subjects_even_before_the_doors_open() -> None:
    play = Play()
    for number in range(3):
        play.do(ProposeSubject(EntryId(f"s{number}"), "Déléguer"), BRUNO)
    with refused(Code.TOO_MANY):
        play.do(ProposeSubject(EntryId("s3"), "Déléguer"), BRUNO)
    assert seen(play, CHLOE)["s0"].fields == {"nature": "problem", "urgency": "2"}


def test_ideas_are_revealed_together_and_carry_no_names() -> None:
    play = Play().start().to("consultation")
    write(play, CHLOE, "i1", Kind.IDEA, "Et si…")
    write(play, DRISS, "i2", Kind.IDEA, "Je me demande…")
    assert set(seen(play, DRISS)) & {"i1", "i2"} == {"i2"}
    assert not {"i1", "i2"} & set(seen(play, FACILITATOR))
    assert not {"i1", "i2"} & set(seen(play, BRUNO))
    conduct = project(play.session, FACILITATOR, play.now).conduct
    assert conduct is not None
    assert conduct.waiting == 2
    play.do(Reveal())
    for viewer in (BRUNO, FACILITATOR, DRISS):
        assert seen(play, viewer)["i1"].author is None
    assert seen(play, CHLOE)["i1"].mine
    assert seen(play, CHLOE)["i1"].author == CHLOE
    with refused(Code.NOTHING_TO_REVEAL):
        play.do(Reveal())


def test_which_ideas_the_client_keeps_is_the_clients_secret() -> None:
    play = Play().start().to("consultation")
    write(play, CHLOE, "i1", Kind.IDEA)
    with refused(Code.UNKNOWN_ENTRY):
        play.do(KeepIdea(EntryId("i1")), BRUNO)
    play.do(Reveal())
    play.do(KeepIdea(EntryId("i1")), BRUNO)
    assert play.do(KeepIdea(EntryId("i1")), BRUNO) == ()
    assert seen(play, BRUNO)["i1"].kept
    assert not seen(play, CHLOE)["i1"].kept
    assert not seen(play, FACILITATOR)["i1"].kept
    with refused(Code.NOT_YOUR_ROLE):
        play.do(KeepIdea(EntryId("i1")), CHLOE)
    play.do(KeepIdea(EntryId("i1"), keep=False), BRUNO)
    assert not seen(play, BRUNO)["i1"].kept


def test_the_consultation_waits_until_both_sides_accepted_the_contract() -> None:
    play = Play().start().to("contract")
    with refused(Code.NOT_YET_ACCEPTED):
        play.do(Next("contract"))
    with refused(Code.NO_CONTRACT):
        play.do(AcceptContract(EntryId("c1")), BRUNO)
    write(play, BRUNO, "c1", Kind.CONTRACT, "Aidez-moi à oser.")
    assert play.do(AcceptContract(EntryId("c1")), BRUNO) == (ContractAccepted(1, Side.CLIENT, BRUNO),)
    assert play.do(AcceptContract(EntryId("c1")), BRUNO) == ()
    with refused(Code.NOT_YET_ACCEPTED):
        play.do(Next("contract"))
    with refused(Code.NOT_YOUR_ROLE):
        play.do(AcceptContract(EntryId("c1")), CHLOE)
    play.do(AcceptContract(EntryId("c1")))
    request = project(play.session, CHLOE, play.now).request
    assert (request.text, request.client, request.consultants) == ("Aidez-moi à oser.", True, True)
    play.next()


def test_another_wording_of_the_contract_needs_both_acceptances_again() -> None:
    play = Play().start().to("contract").contract()
    assert play.do(Write(EntryId("other"), Kind.CONTRACT, "Aidez-moi à poser le cadre.")) == ()
    (event,) = play.do(Write(EntryId("other"), Kind.CONTRACT, "Aidez-moi à choisir."))
    assert isinstance(event, EntryWritten)
    assert (event.entry, event.author) == ("contract", BRUNO)
    assert not play.session.contracts[1].accepted
    with refused(Code.CONTRACT_REWORDED):
        play.do(AcceptContract(EntryId("contract"), revision=1), BRUNO)
    play.do(AcceptContract(EntryId("contract"), revision=2), BRUNO)
    with refused(Code.NOT_IN_THIS_PHASE):
        write(play, CHLOE, "c2", Kind.CONTRACT)


def test_the_scribe_may_write_the_contract() -> None:
    play = Play().start().to("contract")
    play.do(AssignRole(CHLOE, Role.SCRIBE))
    write(play, CHLOE, "c1", Kind.CONTRACT)
    assert play.session.contracts[1].entry == "c1"


def test_another_client_has_another_contract() -> None:
    play = Play().start().to("contract").contract()
    play.do(ChooseClient(CHLOE))
    assert not play.session.contracts
    assert project(play.session, BRUNO, play.now).request.entry is None


def test_three_steps_are_enough_and_can_be_put_in_order() -> None:
    play = Play().start().to("plan")
    for number in range(3):
        write(play, BRUNO, f"a{number}", Kind.ACTION, first_step="Appeler", follow_up="2026-04-01")
    with refused(Code.THREE_STEPS_ARE_ENOUGH):
        write(play, BRUNO, "a3", Kind.ACTION)
    order = (EntryId("a2"), EntryId("a0"), EntryId("a1"))
    play.do(OrderActions(order), BRUNO)
    assert play.do(OrderActions(order), BRUNO) == ()
    assert project(play.session, BRUNO, play.now).me.order == order
    with refused(Code.NOT_THESE_ACTIONS):
        play.do(OrderActions(order[:2]), BRUNO)
    with refused(Code.NOT_THESE_ACTIONS):
        play.do(OrderActions((order[0], order[0], order[1])), BRUNO)
    play.do(Erase(EntryId("a0")), BRUNO)
    assert project(play.session, BRUNO, play.now).me.order == ("a2", "a1")


def test_learnings_are_written_while_the_client_writes_the_plan() -> None:
    play = Play().start().to("sorting")
    write(play, BRUNO, "a1", Kind.ACTION)
    write(play, CHLOE, "l1", Kind.LEARNING, a4="learnings")
    with refused(Code.NOT_IN_THIS_PHASE):
        write(play, BRUNO, "l2", Kind.LEARNING)
    assert "l1" not in seen(play, BRUNO)
    assert "a1" not in seen(play, CHLOE)


def test_after_the_end_ones_own_plan_learnings_and_rating_can_still_be_written() -> None:
    play = Play().start().to("plan")
    write(play, BRUNO, "a1", Kind.ACTION)
    play.do(End())
    write(play, BRUNO, "a1", Kind.ACTION, "Autrement")
    write(play, BRUNO, "a2", Kind.ACTION)
    write(play, CHLOE, "r1", Kind.RATING, "", helped="5", frame="4", distance="3")
    with refused(Code.TOO_MANY):
        write(play, CHLOE, "r2", Kind.RATING, "", helped="1")
    with refused(Code.NOT_IN_THIS_PHASE):
        write(play, CHLOE, "a3", Kind.ACTION)
    with refused(Code.NOT_IN_THIS_PHASE):
        write(play, CHLOE, "i1", Kind.IDEA)
    with refused(Code.SESSION_ENDED):
        write(play, BRUNO, "s-bruno", Kind.SUBJECT)


def test_ideas_and_actions_belong_to_the_client_of_their_block() -> None:
    protocol = a_troika()
    play = Play(a_plan(protocol, clients=(BRUNO, CHLOE, DRISS)), protocol).open()
    play.now = START
    play.do(Start())
    play.to("advice")
    write(play, CHLOE, "i1", Kind.IDEA)
    play.to("harvest")
    write(play, BRUNO, "a1", Kind.ACTION)
    with refused(Code.NOT_IN_THIS_PHASE):
        write(play, CHLOE, "a2", Kind.ACTION)
    play.to("advice.2")
    write(play, BRUNO, "i2", Kind.IDEA)
    with refused(Code.NOT_YOUR_ROLE):
        play.do(KeepIdea(EntryId("i1")), CHLOE)
    play.do(KeepIdea(EntryId("i1")), BRUNO)
    play.do(KeepIdea(EntryId("i2")), CHLOE)
    assert (seen(play, BRUNO)["i1"].kept, seen(play, BRUNO)["i2"].kept) == (True, False)
    assert (seen(play, CHLOE)["i1"].kept, seen(play, CHLOE)["i2"].kept) == (False, True)
    play.to("harvest.2")
    write(play, CHLOE, "a2", Kind.ACTION)
    assert {entry.turn for entry in play.session.entries.values() if entry.kind is Kind.ACTION} == {1, 2}
