"""Counts wrong links per network and stops those who guess: ten failures in ten minutes."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import HTTPConnection

FAILURES = RateLimitItemPerMinute(10, 10)
LETTERS = RateLimitItemPerMinute(5, 10)


class TooOften(Exception):
    """Too many wrong links, or too many letters asked for, from one network."""


class Attempts:
    """What each network tried lately; in memory, forgotten with the process."""

    def __init__(self) -> None:
        self._windows = MovingWindowRateLimiter(MemoryStorage())

    def allow(self, connection: HTTPConnection) -> None:
        """Let a network present a link; raises TooOften after ten failures."""
        if not self._windows.test(FAILURES, "links", network_of(connection)):
            raise TooOften

    def failed(self, connection: HTTPConnection) -> None:
        """Note a wrong link."""
        self._windows.hit(FAILURES, "links", network_of(connection))

    def letter(self, connection: HTTPConnection) -> None:
        """Let a network ask for a sign-in letter; raises TooOften after five."""
        if not self._windows.hit(LETTERS, "letters", network_of(connection)):
            raise TooOften


def network_of(connection: HTTPConnection) -> str:
    """Name the network someone comes from: an IPv4 address, or the /64 that one household or office has in IPv6."""
    host = connection.client.host if connection.client else ""
    address = read_address(host)
    if address is None or address.version == 4:
        return host if address is None else str(address)
    return str(ip_network(f"{address}/64", strict=False))


def read_address(host: str) -> IPv4Address | IPv6Address | None:
    """Read an address; one of IPv4 that comes by an IPv6 socket (::ffff:192.0.2.1) is one of IPv4."""
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if address.version == 6 else address
