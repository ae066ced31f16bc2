"""A protocol becomes a plan: its phases in order, each client block as often as there are clients."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from app.engine.protocol import Block, Phase, Protocol


@dataclass(frozen=True, slots=True)
class Slot:
    """One phase at its place in the plan of one session."""

    key: str  # phase id; from the second client block on with ".2", ".3"
    phase: Phase
    round: int  # 1-based client block, 0 outside of the blocks
    turn: (
        int  # the client block it belongs to or prepares, 1-based; 0 after several blocks, when all are equal
    )
    step: int  # 1-based; the same in each client block
    planned: timedelta


def turns(protocol: Protocol, rounds: int) -> int:
    """Count the clients a session has, one after the other."""
    return rounds if any(block.per_client for block in protocol.blocks) else 1


def expand(protocol: Protocol, rounds: int, minutes: Mapping[str, timedelta]) -> tuple[Slot, ...]:
    """Lay out every phase; `minutes` replaces the default by plan key, or by phase id in every block."""
    steps: dict[str, int] = {}
    for phase in protocol.phases():
        steps.setdefault(phase.step, len(steps) + 1)
    return tuple(
        Slot(
            key,
            phase,
            number,
            turn,
            steps[phase.step],
            minutes.get(key, minutes.get(phase.id, phase.minutes.default)),
        )
        for key, phase, number, turn in _laid_out(protocol, rounds)
    )


def total(plan: tuple[Slot, ...]) -> timedelta:
    """Add up the planned minutes."""
    return sum((slot.planned for slot in plan), timedelta())


def _laid_out(protocol: Protocol, rounds: int) -> Iterator[tuple[str, Phase, int, int]]:
    past_blocks = False
    for blocks in _runs(protocol.blocks):
        if blocks[0].per_client:
            past_blocks = True
            for number in range(1, rounds + 1):
                for phase in (phase for block in blocks for phase in block.phases):
                    yield (phase.id if number == 1 else f"{phase.id}.{number}"), phase, number, number
        else:
            turn = 0 if past_blocks and rounds > 1 else 1
            for phase in (phase for block in blocks for phase in block.phases):
                yield phase.id, phase, 0, turn


def _runs(blocks: tuple[Block, ...]) -> list[list[Block]]:
    """Group neighbouring blocks of the same sort: what one client lives through is not torn apart."""
    runs: list[list[Block]] = []
    for block in blocks:
        if runs and runs[-1][0].per_client == block.per_client:
            runs[-1].append(block)
        else:
            runs.append([block])
    return runs
