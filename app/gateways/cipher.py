"""Seals personal text with AES-256-GCM, under keys that the installation's own key wraps."""

import os
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.usecases.ports import GatewayError

NONCE = 12  # bytes, random for each message (NIST SP 800-38D §8.2.2: far below 2**32 messages per key)
KEY = 32  # bytes
WRAPS = b"ronde data key"


class AesKey:
    """The key of one session or document."""

    def __init__(self, key: bytes) -> None:
        """Take the key's 32 bytes."""
        self._aes = AESGCM(key)

    def seal(self, plain: bytes, about: bytes) -> bytes:
        """Encrypt, bound to the place it is kept at: nonce, then text and tag."""
        nonce = os.urandom(NONCE)
        return nonce + self._aes.encrypt(nonce, plain, about)

    def open(self, sealed: bytes, about: bytes) -> bytes:
        """Decrypt; raises GatewayError when the bytes, the place or the key are not the right ones."""
        try:
            return self._aes.decrypt(sealed[:NONCE], sealed[NONCE:], about)
        except (InvalidTag, ValueError) as broken:
            raise GatewayError("sealed text does not open with this key", retryable=False) from broken


class InstallationCipher:
    """Makes keys, and wraps them under the installation's key."""

    def __init__(self, installation_key: bytes) -> None:
        """Take the installation key's 32 bytes."""
        self._installation = AesKey(installation_key)

    def new_key(self) -> tuple[AesKey, bytes]:
        """Make a key, and its wrapped form to be kept."""
        key = os.urandom(KEY)
        return AesKey(key), self._installation.seal(key, WRAPS)

    def unwrap(self, wrapped: bytes) -> AesKey:
        """Get a key back from its wrapped form; raises GatewayError under another installation key."""
        return AesKey(self._installation.open(wrapped, WRAPS))


def installation_key(path: Path) -> bytes:
    """Read the installation's key, or make it on the first start (readable by its owner only).

    Two processes may start at once: the first to put the file there wins, both read the same key. Raises GatewayError
    when the file is not a key: a truncated backup must not silently become a new, empty installation.
    """
    if not path.exists():
        _make_key(path)
    key = path.read_bytes()
    if len(key) != KEY:
        raise GatewayError(
            f"{path.name} is not an installation key: restore it from the backup", retryable=False
        )
    return key


def _make_key(path: Path) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(os.urandom(KEY))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
