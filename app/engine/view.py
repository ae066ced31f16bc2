"""What one person sees of a session: sections that change separately, in whole milliseconds since 1970 UTC and no language."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SessionView:
    """The session as a whole."""

    id: str
    title: str  # the group's name
    number: int  # which session of the group
    status: str  # planned | open | running | ended | closed
    starts_at: int
    zone: str  # IANA time zone of the facilitator
    trace: str  # none | client | client+learnings
    rehearsal: bool
    self_guided: bool  # nobody conducts: the clock moves on by itself, and everybody may
    turn: int  # which client block this is, 1-based
    turns: int  # how many client blocks there are
    reopen_until: int | None
    stand_in: str | None  # the relay while the facilitator is away
    stand_in_title: bool  # whether the relay conducts; otherwise they keep the time


@dataclass(frozen=True, slots=True)
class PlanView:
    """One planned phase with its projected hour."""

    key: str  # phase id, with ".2" for the second client's block
    phase: str
    step: int  # 1-based number of the step it belongs to
    round: int  # 1-based client block, 0 outside of blocks
    granted_ms: int
    used_ms: int
    starts_at: int
    done: bool
    protected: bool


@dataclass(frozen=True, slots=True)
class ClockView:
    """The running phase as granted, used, running since; the client draws from it with its clock offset."""

    at: int | None  # index in plan
    state: str  # before | running | paused | ended ; "over" is drawn when used > granted
    granted_ms: int
    used_ms: int
    running_since: int | None
    reason: str
    ends_at: int  # projected end of the session
    promised_end: int  # the end that was announced
    steps: int


@dataclass(frozen=True, slots=True)
class SeatView:
    """One seat, in the order of turns (clockwise), the same order for everyone."""

    id: str
    name: str
    role: str
    presence: str  # expected | late | here | away | gone
    hand: int  # rank, 0 when down
    stage: str  # on | listening | off
    ready: bool  # has finished writing, or has written what is shown together
    rung: str  # sfu | sfu-audio | mesh | bridge | text | alone: the lower of the group's and their own
    away_since: int | None


@dataclass(frozen=True, slots=True)
class FloorView:
    """Who speaks, who asked to, who is still to come in the round."""

    holder: str | None
    since: int | None
    hands: tuple[str, ...]
    round: tuple[str, ...]  # still to speak, next first; empty when there is no round


@dataclass(frozen=True, slots=True)
class EntryView:
    """Something written; `author` is None when the reader may not know it."""

    id: str
    kind: str
    author: str | None
    text: str
    fields: Mapping[str, str]
    sight: str
    phase: str  # plan key of the phase it was begun in, "" outside of phases
    written_at: int
    mine: bool
    kept: bool  # only ever true for the client
    revealed: bool
    interest: int  # subjects: how many people are interested


@dataclass(frozen=True, slots=True)
class RequestView:
    """The contract: its words and who accepted them."""

    person: str | None  # today's client, once chosen
    subject: str | None  # the entry of the chosen subject
    entry: str | None
    text: str
    revision: int  # counts the wordings; AcceptContract names the one it accepts
    client: bool
    consultants: bool


@dataclass(frozen=True, slots=True)
class MeView:
    """What is only mine."""

    id: str
    role: str
    may: tuple[str, ...]  # wire names of the commands I may give now
    writes: Mapping[str, str]  # kind → sight of what I may write now
    order: tuple[str, ...]  # my actions, in order
    interests: tuple[str, ...]
    declined: bool
    ready: bool
    rung: str | None  # what I chose for myself: sfu-audio | bridge | text
    asked_to_phone: bool


@dataclass(frozen=True, slots=True)
class ProposalView:
    """One way to land on time: the drift absorber's offer."""

    name: str  # shave | borrow | later
    ends_at: int
    next_at: int  # when the next phase would begin
    changes: Mapping[str, int]  # plan key → new granted_ms


@dataclass(frozen=True, slots=True)
class BrokenView:
    """Something a rehearsal broke on purpose, for one person or for the group."""

    fault: str  # video | sound | network | away
    person: str | None


@dataclass(frozen=True, slots=True)
class LadderView:
    """How the group is together; offers are in the facilitator's section."""

    rung: str
    why: str  # reason code; the sentence is in the catalogue
    since: int | None
    forced: bool
    silent: tuple[str, ...]  # people whom neither LiveKit nor direct links reach
    broken: tuple[BrokenView, ...]  # what a rehearsal broke on purpose


@dataclass(frozen=True, slots=True)
class MediaView:
    """What the room may do with sound and picture now."""

    livekit: bool  # whether this server has one; without it there are direct links
    microphones: str  # people | voice-rule
    speakers: tuple[str, ...]  # whom the voice rule lets speak now
    share: bool  # whether screens may be shared


@dataclass(frozen=True, slots=True)
class BridgeView:
    """Where to meet when nothing else works: the plan B card. Relay and facilitator are people of the table."""

    phone: str
    code: str
    link: str
    relay: str | None
    facilitator: str | None


@dataclass(frozen=True, slots=True)
class DropView:
    """One line of the drop report: who (None is the group), in which phase, from when until when; no content."""

    person: str | None
    phase: str  # plan key
    from_ms: int
    to_ms: int | None
    what: str  # away, or the rung


@dataclass(frozen=True, slots=True)
class Live:
    """What is known of the moment and belongs to no fact: it is shown to whoever conducts, and never stored."""

    balance: float | None = None
    quality: Mapping[str, str] = field(default_factory=dict)


UNKNOWN = Live()
"""Nothing is known of the moment."""


@dataclass(frozen=True, slots=True)
class DutyView:
    """Whom rotation proposes for a duty that nobody has yet, and why."""

    role: str  # timekeeper | scribe | observer
    person: str
    why: str  # never | fewest | longest | seat; the sentence is in the catalogue


@dataclass(frozen=True, slots=True)
class ConductView:
    """What only the facilitator (and co-facilitator) sees."""

    late_ms: int  # positive when behind the promised end
    proposals: tuple[ProposalView, ...]
    undo: str | None  # what Undo would take back, by its event's name
    undo_since: int | None  # when that was done
    undo_until: int | None
    unheard: tuple[str, ...]  # people who have not had the floor in this phase
    waiting: int  # texts written and not yet revealed
    experts: Mapping[str, str]  # person → the tag the subject touches
    clients: tuple[str | None, ...]  # who is client in each block, once chosen
    reserve: str | None
    blocked: str | None  # refusal code Next would meet now
    cast_turn: int  # for which client block a client is chosen now
    cast_client: str | None  # who rotation proposes
    cast_reserve: str | None
    cast_why: Mapping[str, str | int]  # reason code and its values; the sentence is in the catalogue
    duties: tuple[DutyView, ...]
    balance: float | None  # 0 one consultant has all the time … 1 evenly shared, null unknown; never stored
    offer: str | None  # a higher rung the group could go up to
    asked: tuple[str, ...]  # whom somebody suggested the telephone to, and who has not answered
    quality: Mapping[str, str]  # person → good | poor | lost, as their browser says; live only, never stored
    drops: tuple[DropView, ...]


@dataclass(frozen=True, slots=True)
class View:
    """Everything one person may see now."""

    session: SessionView
    plan: tuple[PlanView, ...]
    clock: ClockView
    seats: tuple[SeatView, ...]
    floor: FloorView
    entries: Mapping[str, EntryView]
    request: RequestView
    ladder: LadderView
    media: MediaView
    bridge: BridgeView
    me: MeView
    conduct: ConductView | None
