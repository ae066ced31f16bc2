"""Sends letters to a real mail server, and keeps them on this machine while there is none."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from icalendar import Calendar

from app.gateways.calendar import calendar_entry
from app.gateways.mail import Outbox, SmtpMailer, compose
from app.usecases.letter import Letter
from app.usecases.ports import GatewayError
from app.usecases.records import Sending
from tests.fakes import FakeClock
from tests.web.site import Site

HOSTILE = "Eve\r\nBcc: everyone@example.org\r\nX-Evil: 1"


class Postbox:
    """What a mail server received; refuses whom it does not know."""

    def __init__(self) -> None:
        """Begin empty."""
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept a recipient, or refuse for good or for now."""
        if address.startswith("nobody"):
            return "550 no such person"
        if address.startswith("full"):
            return "451 the box is full, try again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Take a letter in."""
        assert isinstance(envelope.content, bytes)
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients += envelope.rcpt_tos
        return "250 OK"


@asynccontextmanager
async def mail_server() -> AsyncIterator[tuple[str, Postbox]]:
    """Run a real mail server in this loop and give its address."""
    box = Postbox()
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(box, hostname="localhost"), "127.0.0.1", 0
    )
    try:
        yield f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}", box
    finally:
        server.close()
        await server.wait_closed()


def a_letter(to: str = "nadia@example.org", name: str = "Nadia Benali", subject: str = "Bonjour") -> Letter:
    return Letter(to, name, "fr", subject, "Texte\n", "<p>Texte</p>", "key-1")


async def test_a_letter_reaches_a_real_mail_server_whole() -> None:
    async with mail_server() as (url, box):
        await SmtpMailer(url, "ronde@example.org", FakeClock()).send(
            a_letter(subject="Séance 4 : votre place")
        )
    (letter,) = box.letters
    assert box.recipients == ["nadia@example.org"]
    assert letter["Subject"] == "Séance 4 : votre place"
    assert letter["To"] == "Nadia Benali <nadia@example.org>"
    assert [part.get_content_type() for part in letter.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


@pytest.mark.parametrize(("to", "again"), [("nobody@example.org", False), ("full@example.org", True)])
async def test_a_refused_letter_says_whether_trying_again_helps(to: str, again: bool) -> None:
    async with mail_server() as (url, _box):
        with pytest.raises(GatewayError) as refused:
            await SmtpMailer(url, "ronde@example.org", FakeClock()).send(a_letter(to))
    assert refused.value.retryable is again


async def test_a_mail_server_that_is_away_is_tried_again() -> None:
    async with mail_server() as (url, _box):
        pass
    with pytest.raises(GatewayError) as away:
        await SmtpMailer(url, "ronde@example.org", FakeClock()).send(a_letter())
    assert away.value.retryable


def test_nobody_adds_a_header_by_a_name_or_a_subject() -> None:
    message = compose(
        a_letter(name=HOSTILE, subject=HOSTILE), "ronde@example.org", datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert "Bcc" not in message
    assert "X-Evil" not in message
    assert "\nBcc:" not in message.as_string()


@pytest.mark.parametrize("to", ["a@b\r\nBcc: c@d", "no address", ""])
def test_an_impossible_address_is_refused_for_good(to: str) -> None:
    with pytest.raises(GatewayError) as refused:
        compose(a_letter(to), "ronde@example.org", datetime(2026, 1, 1, tzinfo=UTC))
    assert not refused.value.retryable


async def test_sending_twice_is_one_letter_in_the_box_of_this_machine() -> None:
    box = Outbox("ronde@example.org", FakeClock())
    await box.send(a_letter())
    await box.send(a_letter())
    assert len(box.letters()) == 1


async def test_each_invitation_carries_its_own_link_text_html_and_calendar_entry(site: Site) -> None:
    planned = await site.plan(await site.facilitator(), action="send")
    await site.send_letters()
    letters = {letter.to: letter for _, letter in site.parts.mailer.letters()}  # type: ignore[attr-defined]
    assert sorted(letters) == [
        "awa@example.org",
        "karim@example.org",
        "nadia@example.org",
        "thomas@example.org",
    ]
    letter = letters["nadia@example.org"]
    link = planned.links["Nadia Benali"]
    assert link in letter.text
    assert link in letter.html
    assert not any(other in letter.text for name, other in planned.links.items() if name != "Nadia Benali")
    assert letter.subject == "Cercle Meuse, séance 1\u00a0: votre place"
    assert "Mardi 24 novembre 2026, de 12\u00a0h à 13\u00a0h\u00a015" in letter.text
    event = Calendar.from_ical(letter.attachments[0].content).walk("VEVENT")[0]
    assert event.decoded("dtstart") == datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert str(event["location"]).endswith(link)
    statuses = {each.status for each in await site.parts.directory.invitations_of(planned.id)}
    assert statuses == {Sending.SENT, Sending.DRAFT}


async def test_a_cancelled_session_sends_no_letter_any_more(site: Site) -> None:
    planned = await site.plan(await site.facilitator(), action="send")
    async with await site.desk_of(planned.host) as desk:
        await desk.post(f"/sessions/{planned.id}/cancel")
    await site.send_letters()
    assert site.parts.mailer.letters() == ()  # type: ignore[attr-defined]


async def test_a_letter_that_cannot_leave_shows_on_the_session_page(
    tmp_path: Path, migrated: Path, clock: FakeClock
) -> None:
    people = "Nadia nadia@example.org\nKarim nobody@example.org\nAwa awa@example.org\nLuc luc@example.org"
    async with mail_server() as (url, box):
        site = Site(tmp_path, migrated, clock, smtp=url)
        planned = await site.plan(await site.facilitator(), people, action="send")
        await site.send_letters()
    assert len(box.letters) == 3
    async with await site.desk_of(planned.host) as desk:
        page = (await desk.get(f"/sessions/{planned.id}")).text
    await site.close()
    assert page.count("letter not accepted") == 1
    assert planned.links["Karim"] in page


@pytest.mark.parametrize("text", [HOSTILE, "a;b,c\\d", "=1+1", "é" * 300, "\u202eabc"])
def test_people_add_no_property_to_a_calendar(text: str) -> None:
    at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    written = calendar_entry(
        uid="u", title=text, link="https://example.org/j/x", starts_at=at, ends_at=at + timedelta(hours=1),
        stamped_at=at, note=text,
    )  # fmt: skip
    event = Calendar.from_ical(written).walk("VEVENT")[0]
    assert {key.lower() for key in event} == {
        "uid", "dtstamp", "dtstart", "dtend", "summary", "sequence", "status", "location", "url", "description",
    }  # fmt: skip
    assert str(event["summary"]) == " ".join(text.split())
    assert b"VTIMEZONE" not in written
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))


async def test_a_server_without_mail_that_others_reach_promises_no_letter(site: Site) -> None:
    object.__setattr__(site.parts, "settings", replace(site.parts.settings, host="0.0.0.0"))
    planned = await site.plan(await site.facilitator())
    await site.send_letters()
    async with await site.desk_of(planned.host) as desk, site.visitor() as visitor:
        page = (await desk.get(f"/sessions/{planned.id}?sent=4")).text
        assert "no letter leaves it" in page
        assert "hand over the link yourself" in page
        promised = (
            "letters are leaving",
            "letter sent",
            "letter on its way",
            "Send the letter again",
            "/outbox",
        )
        assert not [words for words in promised if words in page]
        preparing = (await desk.get("/prepare")).text
        assert "Save, and see the links" in preparing
        assert 'value="send"' not in preparing
        assert "no letter leaves it" in (await desk.get("/me?invited=sent")).text
        assert "no link can leave" in (await visitor.get("/sign-in")).text
        assert (await visitor.get("/outbox")).status_code == 404
