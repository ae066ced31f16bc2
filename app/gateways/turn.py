"""TURN for direct links: credentials that expire, signed with the secret coturn shares with us."""

import hashlib
import hmac
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.engine.ids import PersonId

LASTS = timedelta(hours=6)
"""Longer than most sessions: a browser keeps them for the moment our server is gone too, and asks again at half of it."""

IceServer = dict[str, str | list[str]]
"""One entry of RTCConfiguration.iceServers."""


@dataclass(frozen=True, slots=True)
class Relays:
    """Where browsers relay what cannot go directly; none without URLs."""

    urls: tuple[str, ...] = ()
    secret: str = ""
    only: bool = False  # nothing goes directly, so that nobody sees anybody's address
    lasts: timedelta = LASTS

    def as_ice(self, person: PersonId, now: datetime) -> dict[str, str | list[IceServer]]:
        """Make an RTCConfiguration for one person (draft-uberti-behave-turn-rest: expiry:name, HMAC-SHA1)."""
        servers: list[IceServer] = []
        if self.urls:
            name = f"{int((now + self.lasts).timestamp())}:{person}"
            digest = hmac.new(self.secret.encode(), name.encode(), hashlib.sha1).digest()
            servers.append(
                {"urls": list(self.urls), "username": name, "credential": b64encode(digest).decode()}
            )
        return {"iceServers": servers, "iceTransportPolicy": "relay" if self.only else "all"}
