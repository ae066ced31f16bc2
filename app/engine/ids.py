"""Every thing with an identity has a type of its own, so that one can never stand for another."""

from enum import StrEnum
from typing import Final, NewType

SessionId = NewType("SessionId", str)
GroupId = NewType("GroupId", str)
PersonId = NewType("PersonId", str)
"""A person at the table; the same in every session of their group. A facilitator has one too."""
EntryId = NewType("EntryId", str)
"""Something a person wrote: chosen by the writer's browser, so that a resent text is the same text."""
CommandId = NewType("CommandId", str)


class Machine(StrEnum):
    """Who acts when no person does."""

    CLOCK = "clock"
    SERVER = "server"


CLOCK: Final = Machine.CLOCK
SERVER: Final = Machine.SERVER
Actor = PersonId | Machine
"""Who gives a command; stored in the log as its text."""
