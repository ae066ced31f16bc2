"""Reads the settings from the environment, and says in one sentence what is wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit


class BadSetting(Exception):
    """A setting that cannot work; its text is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator can choose."""

    data: Path
    database: str  # SQLAlchemy URL
    origin: str  # scheme://host[:port] that people type
    host: str = "127.0.0.1"
    port: int = 8000
    smtp: str = ""  # smtp://user:password@host:port; empty keeps letters in the outbox page
    mail_from: str = "ronde@localhost"
    livekit_url: str = ""  # ws(s)://…, as browsers reach it; empty: direct links between browsers
    livekit_key: str = ""
    livekit_secret: str = ""
    turn_urls: tuple[str, ...] = ()  # turn:host:3478?transport=udp, turns:host:443?transport=tcp …
    turn_secret: str = ""
    relay_only: bool = False  # browsers never see each other's addresses

    @property
    def secure(self) -> bool:
        """Whether cookies can be bound to https."""
        return self.origin.startswith("https://")

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the server: it listens to nobody else, and no proxy gives it a name."""
        return _is_loopback(self.host) and _is_loopback(urlsplit(self.origin).hostname or "")


def from_environment(
    environ: Mapping[str, str], *, host: str | None = None, port: int | None = None, data: str | None = None
) -> Settings:
    """Read RONDE_* variables, with what the command line says on top; raises BadSetting."""
    folder = Path(data or environ.get("RONDE_DATA") or "data").expanduser().absolute()
    chosen_host = host or environ.get("RONDE_HOST") or "127.0.0.1"
    chosen_port = port if port is not None else _port(environ.get("RONDE_PORT") or "8000")
    shown = f"[{chosen_host}]" if ":" in chosen_host else chosen_host
    origin = (environ.get("RONDE_ORIGIN") or f"http://{shown}:{chosen_port}").rstrip("/")
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
        raise BadSetting(f"RONDE_ORIGIN must look like https://ronde.example.org, not {origin!r}.")
    livekit = tuple(environ.get(f"LIVEKIT_{name}", "") for name in ("URL", "API_KEY", "API_SECRET"))
    _check_livekit(livekit)
    turn_urls = tuple(environ.get("TURN_URL", "").replace(",", " ").split())
    turn_secret, relay_only = environ.get("TURN_SECRET", ""), environ.get("RONDE_RELAY_ONLY", "") == "1"
    _check_turn(turn_urls, turn_secret, relay_only)
    return Settings(
        data=folder,
        database=environ.get("RONDE_DATABASE") or f"sqlite:///{folder / 'ronde.sqlite'}",
        origin=origin,
        host=chosen_host,
        port=chosen_port,
        smtp=environ.get("RONDE_SMTP", ""),
        mail_from=environ.get("RONDE_MAIL_FROM") or f"ronde@{parts.hostname}",
        livekit_url=livekit[0],
        livekit_key=livekit[1],
        livekit_secret=livekit[2],
        turn_urls=turn_urls,
        turn_secret=turn_secret,
        relay_only=relay_only,
    )


def logs_json(environ: Mapping[str, str]) -> bool:
    """Tell whether the operator wants one JSON object per line of log."""
    return environ.get("RONDE_LOG", "") == "json"


def _check_livekit(settings: tuple[str, ...]) -> None:
    if any(settings) and not all(settings):
        raise BadSetting(
            "LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET go together: set all three or none."
        )
    parts = urlsplit(settings[0])
    if settings[0] and (parts.scheme not in ("ws", "wss") or not parts.hostname):
        raise BadSetting("LIVEKIT_URL must look like wss://livekit.example.org, as browsers reach it.")


def _check_turn(urls: tuple[str, ...], secret: str, relay_only: bool) -> None:
    if any(not url.startswith(("turn:", "turns:")) for url in urls):
        raise BadSetting(
            "TURN_URL must look like turn:turn.example.org:3478?transport=udp (several: with spaces)."
        )
    if bool(urls) != bool(secret):
        raise BadSetting("TURN_URL and TURN_SECRET go together: set both or none.")
    if relay_only and not urls:
        raise BadSetting("RONDE_RELAY_ONLY needs a relay: set TURN_URL and TURN_SECRET.")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _port(text: str) -> int:
    if text.isdecimal() and int(text) < 65536:
        return int(text)
    raise BadSetting(f"RONDE_PORT must be a number from 0 to 65535, not {text!r}.")


def prepare_data(folder: Path) -> None:
    """Make the data folder, readable by its owner only; raises BadSetting when it cannot be written."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise BadSetting(
            f"The data folder {folder} cannot be written ({error.strerror}): choose another with --data."
        ) from error
