"""Writes letters from templates, and hands them to a mail server, or to a box on this machine while there is none."""

import hashlib
import re
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

import aiosmtplib
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.gateways.i18n import Catalogues
from app.usecases.letter import Letter
from app.usecases.ports import Clock, GatewayError

TEMPLATES = Path(__file__).parent.parent / "templates" / "mail"
TIMEOUT = 20.0  # seconds for one conversation with the mail server
OUTBOX = 200  # letters


class TemplateLetters:
    """Fills `mail/<name>/{subject.txt,body.txt,body.html}` in the reader's language."""

    def __init__(
        self, catalogues: Catalogues, filters: Mapping[str, Callable[..., str]], templates: Path = TEMPLATES
    ) -> None:
        self._catalogues = catalogues
        self._environments = {
            lang: _environment(catalogues, lang, filters, templates) for lang in catalogues.languages
        }

    def write(self, name: str, lang: str, values: Mapping[str, object]) -> tuple[str, str, str]:
        """Write subject, text and HTML."""
        spoken = self._catalogues.choose(lang)
        templates = self._environments[spoken]
        subject, text, html = (
            templates.get_template(f"{name}/{part}").render(lang=spoken, **values)
            for part in ("subject.txt", "body.txt", "body.html")
        )
        return _one_line(subject), text, html

    def say(self, lang: str, sentence: str, **values: object) -> str:
        """Say one sentence in a language."""
        return self._catalogues.say(self._catalogues.choose(lang), sentence, **values)


def _environment(
    catalogues: Catalogues, lang: str, filters: Mapping[str, Callable[..., str]], templates: Path
) -> Environment:
    made = Environment(
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        autoescape=select_autoescape(("html",), default=False),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]  # added by the i18n extension
        partial(catalogues.say, lang), partial(catalogues.form, lang), newstyle=True
    )
    made.filters |= {name: partial(write, lang) for name, write in filters.items()}
    return made


class SmtpMailer:
    """Speaks SMTP with the server of `smtp://user:password@host:port` (STARTTLS when offered) or `smtps://…`."""

    def __init__(self, url: str, sender: str, clock: Clock) -> None:
        """Take the server's address and ours."""
        self._server = urlsplit(url)
        self._sender = sender
        self._clock = clock

    async def send(self, letter: Letter) -> None:
        """Hand a letter over; raises GatewayError, not retryable when the server refuses the letter for good."""
        server = self._server
        encrypted = server.scheme == "smtps"
        try:
            await aiosmtplib.send(
                compose(letter, self._sender, self._clock.now()),
                hostname=server.hostname,
                port=server.port or (465 if encrypted else 587),
                username=unquote(server.username) if server.username else None,
                password=unquote(server.password) if server.password else None,
                use_tls=encrypted,
                start_tls=None,
                timeout=TIMEOUT,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise GatewayError(
                "recipient refused", retryable=any(each.code < 500 for each in error.recipients)
            ) from error
        except aiosmtplib.SMTPResponseException as error:
            raise GatewayError("mail server refused", retryable=error.code < 500) from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise GatewayError("mail server away") from error


class Outbox:
    """Keeps the last letters in memory while there is no mail server; a page of this machine shows them."""

    def __init__(self, sender: str, clock: Clock) -> None:
        self._sender = sender
        self._clock = clock
        self._letters: deque[tuple[datetime, Letter]] = deque(maxlen=OUTBOX)

    async def send(self, letter: Letter) -> None:
        """Keep a letter in place of the one with the same key, as a mail server would see it."""
        compose(letter, self._sender, self._clock.now())
        for kept in [each for each in self._letters if each[1].key == letter.key]:
            self._letters.remove(kept)
        self._letters.append((self._clock.now(), letter))

    def letters(self) -> tuple[tuple[datetime, Letter], ...]:
        """List the letters, newest first."""
        return tuple(reversed(self._letters))


def compose(letter: Letter, sender: str, at: datetime) -> EmailMessage:
    """Write a letter as RFC 5322 wants it; names and subjects lose their line breaks, so nobody adds a header.

    Raises GatewayError, not retryable, for an address no mail can be sent to.
    """
    message = EmailMessage()
    try:
        message["From"] = Address("Ronde", addr_spec=sender)
        message["To"] = Address(_one_line(letter.name), addr_spec=letter.to)
        message["Subject"] = _one_line(letter.subject)
    except (ValueError, IndexError, MessageError) as error:  # which of them changed with Python 3.14
        raise GatewayError("no mail can be sent to this address", retryable=False) from error
    message["Date"] = format_datetime(at)
    domain = sender.rpartition("@")[2]
    message["Message-ID"] = f"<{hashlib.sha256(letter.key.encode()).hexdigest()[:32]}@{domain}>"
    message["Content-Language"] = letter.lang
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    for attached in letter.attachments:
        main, _, sub = attached.media_type.partition("/")
        message.add_attachment(attached.content, maintype=main, subtype=sub, filename=attached.name)
    return message


def _one_line(text: str) -> str:
    """Put a text on one line; no-break spaces stay, they are typography."""
    shown = "".join(c if c.isprintable() or c in "\u00a0\u202f" else " " for c in text)
    return re.sub(" +", " ", shown).strip(" ")
