"""A refusal says what cannot be done now and why; its sentences are in the catalogue `refusals`."""

from enum import StrEnum


class Code(StrEnum):
    """Every reason to refuse, each with a sentence in every language."""

    # who
    NOT_AT_THIS_TABLE = "not-at-this-table"
    NOT_YOUR_ROLE = "not-your-role"
    NOT_YOURS = "not-yours"
    UNKNOWN_PERSON = "unknown-person"
    LAST_FACILITATOR = "last-facilitator"
    TABLE_FULL = "table-full"
    # when
    DOORS_CLOSED = "doors-closed"
    NOT_STARTED = "not-started"
    ALREADY_STARTED = "already-started"
    SESSION_ENDED = "session-ended"
    SESSION_NOT_ENDED = "session-not-ended"
    SESSION_CLOSED = "session-closed"
    NOT_IN_THIS_PHASE = "not-in-this-phase"
    TOO_EARLY = "too-early"
    TOO_LATE = "too-late"
    # the plan and the clock
    BAD_PLAN = "bad-plan"
    OUT_OF_RANGE = "out-of-range"
    PROTECTED_PHASE = "protected-phase"
    FIRST_PHASE = "first-phase"
    LAST_PHASE = "last-phase"
    NOTHING_TO_UNDO = "nothing-to-undo"
    NOT_LATE = "not-late"
    NO_SUCH_PROPOSAL = "no-such-proposal"
    # the cast
    CLIENT_NOT_CHOSEN = "client-not-chosen"
    CHOOSE_CLIENT_INSTEAD = "choose-client-instead"
    CONDUCTOR_NOT_CLIENT = "conductor-not-client"
    PERSON_DECLINED = "person-declined"
    NOT_THEIR_SUBJECT = "not-their-subject"
    NO_SUCH_TURN = "no-such-turn"
    # voices
    NO_ONE_TO_SPEAK = "no-one-to-speak"
    NOT_YOUR_TURN = "not-your-turn"
    # video, sound and who stands in
    NOT_THIS_RUNG = "not-this-rung"
    NO_BRIDGE = "no-bridge"
    NO_VIDEO_SERVER = "no-video-server"
    NOT_THE_RELAY = "not-the-relay"
    FACILITATOR_IS_HERE = "facilitator-is-here"
    NOT_A_REHEARSAL = "not-a-rehearsal"
    # writing
    UNKNOWN_ENTRY = "unknown-entry"
    BAD_ENTRY = "bad-entry"
    EMPTY_TEXT = "empty-text"
    TEXT_TOO_LONG = "text-too-long"
    TOO_MANY = "too-many"
    THREE_STEPS_ARE_ENOUGH = "three-steps-are-enough"
    WRONG_KIND = "wrong-kind"
    ALREADY_READ = "already-read"
    NOTHING_TO_REVEAL = "nothing-to-reveal"
    NO_CONTRACT = "no-contract"
    NOT_YET_ACCEPTED = "not-yet-accepted"
    CONTRACT_REWORDED = "contract-reworded"
    NOT_THESE_ACTIONS = "not-these-actions"


class Refusal(Exception):
    """A command that cannot be carried out: expected, and nothing has changed."""

    def __init__(self, code: Code, **details: str | int) -> None:
        """Keep the code, and the details its sentence names."""
        super().__init__(code.value)
        self.code = code
        self.details: dict[str, str | int] = details

    def __str__(self) -> str:
        """Show the code and the names of its details, never what people wrote."""
        return f"{self.code.value}({', '.join(sorted(self.details))})"
