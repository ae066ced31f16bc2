"""Chooses ports for programs of their own: below those that the system hands out by itself, so that nobody takes them meanwhile."""

import random
import socket
from contextlib import suppress


def free_port() -> int:
    """Give a port whose neighbour is free too; each process chooses by its own chance, not by the tests' seed."""
    chance = random.SystemRandom()
    while True:
        port = chance.randrange(20_000, 30_000, 2)
        with socket.socket() as one, socket.socket() as other, suppress(OSError):
            one.bind(("127.0.0.1", port))
            other.bind(("", port + 1))
            return port
