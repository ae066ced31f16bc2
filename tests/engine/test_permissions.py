"""Who may ask what: the table written out a second time, by hand."""

from typing import get_args

import pytest

from app.engine.commands import Command, wire_name
from app.engine.ids import CLOCK, SERVER
from app.engine.permissions import RULES, allowed
from app.engine.protocol import Role, Stage, Voice
from app.engine.state import Status

PRESENCE = {"arrive", "leave", "write", "erase", "take-rung"}
RELAY = {"take-clock", "take-title", "give-back"}
RUNGS = {"force-rung", "ask-to-phone", "place-person", "allow-screen"}
DRILL = {"drill"}  # decide refuses it outside of rehearsals
MEMBER = {"propose-subject", "decline-client"}
HANDS = {"raise-hand", "lower-hand", "pass-floor", "say-ready"}
OWN_PLAN = {"keep-idea", "order-actions"}
PREPARE = {"change-plan", "add-person", "remove-person", "assign-role", "choose-client"}
SEATS = PREPARE - {"change-plan"}
TIME = {"pause", "resume", "extend"}
LEAD = (
    TIME
    | SEATS
    | {"next", "back", "undo", "replan", "give-floor", "start-round", "reveal", "accept-contract", "end"}
)

TABLE: dict[Status, dict[Role, set[str]]] = {
    Status.PLANNED: {
        Role.CONSULTANT: MEMBER,
        Role.OBSERVER: set(),
        Role.FACILITATOR: PREPARE | {"open-doors"},
    },
    Status.OPEN: {
        Role.CONSULTANT: DRILL | PRESENCE | MEMBER | {"signal-interest"},
        Role.OBSERVER: DRILL | PRESENCE,
        Role.FACILITATOR: DRILL | PRESENCE | RUNGS | PREPARE | {"start", "end"},
    },
    Status.RUNNING: {
        Role.CONSULTANT: DRILL | PRESENCE | RELAY | MEMBER | HANDS | OWN_PLAN | {"signal-interest"},
        Role.CLIENT: DRILL
        | PRESENCE
        | RELAY
        | MEMBER
        | HANDS
        | OWN_PLAN
        | {"signal-interest", "accept-contract"},
        Role.TIMEKEEPER: DRILL | PRESENCE | RELAY | MEMBER | HANDS | OWN_PLAN | TIME | {"signal-interest"},
        Role.OBSERVER: DRILL | PRESENCE | RELAY | HANDS,
        Role.FACILITATOR: DRILL | PRESENCE | RELAY | RUNGS | LEAD | {"lower-hand", "pass-floor"},
    },
    Status.ENDED: {
        Role.CONSULTANT: PRESENCE | OWN_PLAN,
        Role.OBSERVER: PRESENCE,
        Role.FACILITATOR: PRESENCE | RUNGS | {"undo", "reopen"},
    },
    Status.CLOSED: {},
}
LIKE = {Role.CO_FACILITATOR: Role.FACILITATOR, Role.SCRIBE: Role.CONSULTANT}


def listed(role: Role, status: Status, voice: Voice = Voice.FREE, stage: Stage = Stage.ON) -> set[str]:
    running = status is Status.RUNNING
    commands = allowed(role, status, voice if running else None, stage if running else None, False)
    return {wire_name(command) for command in commands}


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("role", Role)
def test_each_role_may_what_the_table_says(role: Role, status: Status) -> None:
    row = TABLE[status]
    like = LIKE.get(role, role)
    expected = row.get(like, row.get(Role.CONSULTANT, set()))
    assert listed(role, status) == expected


@pytest.mark.parametrize("voice", [Voice.NOBODY, Voice.CLIENT, Voice.SILENCE, Voice.WRITING])
def test_where_nobody_is_to_interrupt_there_are_no_hands_and_no_rounds(voice: Voice) -> None:
    lost = listed(Role.CONSULTANT, Status.RUNNING) - listed(Role.CONSULTANT, Status.RUNNING, voice)
    assert lost == {"raise-hand"}
    lost = listed(Role.FACILITATOR, Status.RUNNING) - listed(Role.FACILITATOR, Status.RUNNING, voice)
    assert lost == {"start-round"}


@pytest.mark.parametrize("stage", [Stage.LISTENING, Stage.OFF])
def test_a_client_who_listens_raises_no_hand(stage: Stage) -> None:
    lost = listed(Role.CLIENT, Status.RUNNING) - listed(Role.CLIENT, Status.RUNNING, stage=stage)
    assert lost == {"raise-hand"}
    assert "raise-hand" in listed(Role.CONSULTANT, Status.RUNNING, stage=stage)


def test_the_clock_and_the_server_may_little() -> None:
    by = {
        machine: {wire_name(each) for each, rule in RULES.items() if machine in rule.machines}
        for machine in (CLOCK, SERVER)
    }
    assert by[CLOCK] == {"open-doors", "pause", "extend", "next", "end", "close", "guide-yourselves"}
    assert by[SERVER] == PREPARE | {"open-doors", "close", "move-group", "offer-rise", "move-person"}


def test_without_a_facilitator_everybody_at_the_table_leads_but_observers_do_not() -> None:
    leads = {wire_name(each) for each in allowed(Role.CONSULTANT, Status.RUNNING, Voice.FREE, Stage.ON, True)}
    assert leads == LEAD | RUNGS | TABLE[Status.RUNNING][Role.CONSULTANT]
    observes = {
        wire_name(each) for each in allowed(Role.OBSERVER, Status.RUNNING, Voice.FREE, Stage.ON, True)
    }
    assert observes == TABLE[Status.RUNNING][Role.OBSERVER]


def test_the_table_knows_only_commands_that_exist() -> None:
    assert {name for row in TABLE.values() for names in row.values() for name in names} <= set(
        map(wire_name, get_args(Command))
    )
