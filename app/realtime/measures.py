"""Counts what the live room does, for the operator: numbers only, never who or what."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY = CollectorRegistry()

SOCKETS = Gauge("ronde_sockets", "Open sockets with a place at a table.", registry=REGISTRY)
COMMANDS = Counter("ronde_commands", "Commands from sockets by outcome.", ["outcome"], registry=REGISTRY)
SECONDS = Histogram(
    "ronde_command_seconds",
    "From reading a command to its answer, with the commit and the update of everybody in between.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0),
    registry=REGISTRY,
)
DRIFT = Gauge(
    "ronde_clock_drift_seconds", "How far the wall clock has jumped away since the start.", registry=REGISTRY
)
BURIED = Gauge(
    "ronde_jobs_buried", "Jobs given up, which wait for the operator (docs/operations.md).", registry=REGISTRY
)
BROKEN = Counter(
    "ronde_tasks_broke",
    "Background tasks that broke and were begun again: each is a bug.",
    ["kind"],
    registry=REGISTRY,
)
CLOSED = Counter(
    "ronde_sockets_closed", "Sockets the server closed, by close code.", ["code"], registry=REGISTRY
)

acknowledged = COMMANDS.labels("acknowledged")
refused = COMMANDS.labels("refused")
postponed = COMMANDS.labels("postponed")


def exposition() -> bytes:
    """Write every figure in the text format of Prometheus."""
    return generate_latest(REGISTRY)
