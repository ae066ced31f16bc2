"""Sealed text opens with its own key, in its own place, and nowhere else."""

import stat
from pathlib import Path

import pytest

from app.gateways.cipher import InstallationCipher, installation_key
from app.usecases.ports import GatewayError

ABOUT = b"room 1"


def test_what_is_sealed_opens_with_its_key_also_after_wrapping() -> None:
    cipher = InstallationCipher(bytes(32))
    key, wrapped = cipher.new_key()
    sealed = key.seal("né 🌱".encode(), ABOUT)
    assert "né".encode() not in sealed
    assert cipher.unwrap(wrapped).open(sealed, ABOUT).decode() == "né 🌱"
    assert key.seal(b"same", ABOUT) != key.seal(b"same", ABOUT)


def test_nothing_opens_in_another_place_with_another_key_or_altered() -> None:
    cipher = InstallationCipher(bytes(32))
    key, wrapped = cipher.new_key()
    sealed = key.seal(b"text", ABOUT)
    other, _ = cipher.new_key()
    altered = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for opener, message, about in (
        (key, sealed, b"room 2"), (other, sealed, ABOUT), (key, altered, ABOUT), (key, b"", ABOUT), (key, sealed[:9], ABOUT),
    ):  # fmt: skip
        with pytest.raises(GatewayError):
            opener.open(message, about)
    with pytest.raises(GatewayError):
        InstallationCipher(b"1" * 32).unwrap(wrapped)


def test_the_installation_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "installation.key"
    key = installation_key(path)
    assert installation_key(path) == key
    assert len(key) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["installation.key"]


def test_a_damaged_installation_key_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "installation.key"
    path.write_bytes(b"short")
    with pytest.raises(GatewayError, match="not an installation key"):
        installation_key(path)
    assert path.read_bytes() == b"short"
