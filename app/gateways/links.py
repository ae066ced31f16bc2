"""Makes the secrets of personal links from the installation's key, so that the database needs only their hashes."""

import base64
import hmac
from datetime import datetime

_PURPOSE = b"ronde personal links v1"


class DerivedLinks:
    """Computes the same secret again for the same seat and instant: a link can be shown twice, never looked up."""

    def __init__(self, installation_key: bytes) -> None:
        """Take the installation key's 32 bytes."""
        self._key = hmac.digest(installation_key, _PURPOSE, "sha256")

    def secret(self, purpose: str, about: tuple[str, ...], issued_at: datetime) -> str:
        """Compute the 256-bit secret of a link issued at an instant (to the millisecond), safe in URLs."""
        instant = str(round(issued_at.timestamp() * 1000))
        message = "\0".join((purpose, *about, instant)).encode()
        return base64.urlsafe_b64encode(hmac.digest(self._key, message, "sha256")).decode().rstrip("=")
