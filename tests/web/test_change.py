"""Changes planned sessions: nothing typed is lost, what would be lost is asked again, and who was told is told again."""

import re
from datetime import UTC, datetime

import httpx2
import pytest
from icalendar import Calendar

from app.engine.commands import OpenDoors, Start
from app.engine.events import Trace
from app.engine.ids import CommandId, PersonId
from app.engine.ladder import Microphones
from app.engine.protocol import Role
from app.engine.state import Session
from app.usecases.letter import Letter
from app.usecases.records import Sending
from tests.web.site import Planned, Site, check_page

CARD = {"phone": "+32 2 555 12 12", "code": "42#"}


def typed(page: str) -> dict[str, str]:
    """Read what the form of the page would post, as a browser does; lists of checkboxes are left out."""
    form = page[page.index("<main") : page.index("</main>")]
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        said = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if said.get("type") not in ("radio", "checkbox") or " checked" in tag:
            found[said["name"]] = said.get("value", "on")
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', options)
        first = re.search(r'<option value="([^"]*)"', options)
        found[name] = (chosen[1] or chosen[2]) if chosen else first[1] if first else ""
    people = re.search(r'<textarea[^>]*name="people"[^>]*>(.*?)</textarea>', form, re.DOTALL)
    return {**found, "people": people[1] if people else ""}


async def change(
    site: Site, planned: Planned, leaving: tuple[str, ...] = (), confirmed: bool = True, /, **fields: str
) -> httpx2.Response:
    """Open the page, type over what it shows, and save."""
    async with await site.desk_of(planned.host) as desk:
        page = await desk.get(f"/sessions/{planned.id}/change")
        check_page(page.text)
        form: dict[str, str | list[str]] = {**typed(page.text), "action": "save", **fields}
        gone = [str(each.id) for each in (await at(site, planned)).people if each.name in leaving]
        lists = {"leaving": gone, "confirmed": gone if confirmed else []}
        return await desk.post(f"/sessions/{planned.id}/change", data={**form, **lists})


async def at(site: Site, planned: Planned) -> Session:
    return await site.parts.rooms.session(planned.id)


async def invited(site: Site, **fields: str) -> Planned:
    """Plan a session whose invitations have left."""
    planned = await site.plan(await site.facilitator(), action="send", **fields)
    await site.send_letters()
    site.clock.advance(hours=1)
    return planned


def letters(site: Site, subject: str) -> dict[str, Letter]:
    every = site.parts.mailer.letters()  # type: ignore[attr-defined]
    return {letter.to: letter for _at, letter in every if subject in letter.subject}


def entry(letter: Letter) -> tuple[str, int, datetime, str]:
    calendar = Calendar.from_ical(letter.attachments[0].content)
    event = calendar.walk("VEVENT")[0]
    return str(event["uid"]), event.decoded("sequence"), event.decoded("dtstart"), str(calendar["method"])


def person(session: Session, name: str) -> PersonId:
    return next(each.id for each in session.people if each.name == name)


async def test_saving_the_page_as_it_is_changes_nothing_and_says_so(site: Site) -> None:
    planned = await invited(site, **CARD)
    before = await at(site, planned)
    answer = await change(site, planned)
    assert "Nothing was different, so nothing was changed." in answer.text
    assert (await at(site, planned)).seq == before.seq
    await site.send_letters()
    assert letters(site, "séance 1") == letters(site, "votre place")


async def test_a_moved_session_keeps_its_links_and_tells_everyone_with_a_newer_entry(site: Site) -> None:
    planned = await invited(site)
    sent = entry(letters(site, "votre place")["nadia@example.org"])
    answer = await change(site, planned, day="2027-03-02", hour="09:00", zone="Europe/Brussels")
    assert "The session is changed; everyone’s page shows it. 4 letters are leaving." in answer.text
    assert "from 9\u00a0am to 10:15\u00a0am, Brussels time" in answer.text
    assert planned.links["Nadia Benali"] in answer.text
    await site.send_letters()
    told = letters(site, "une autre heure")
    assert sorted(told) == ["awa@example.org", "karim@example.org", "nadia@example.org", "thomas@example.org"]
    letter = told["nadia@example.org"]
    assert "Mardi 2 mars 2027, de 9\u00a0h à 10\u00a0h\u00a015, heure de Bruxelles." in letter.text
    assert "C’était mardi 24 novembre 2026 à 13\u00a0h." in letter.text
    assert planned.links["Nadia Benali"] in letter.text
    moved = entry(letter)
    assert (moved[0], moved[3]) == (sent[0], sent[3])
    assert moved[1] > sent[1]
    assert moved[2] == datetime(2027, 3, 2, 8, tzinfo=UTC)
    site.clock.jump(datetime(2027, 3, 2, 7, 50, tzinfo=UTC))
    async with await site.seated(planned.links["Nadia Benali"]) as browser:
        assert "from 9\u00a0am" in (await browser.get(f"/door/{planned.id}")).text


async def test_two_moves_in_a_minute_have_rising_sequences(site: Site) -> None:
    planned = await invited(site)
    sequences = []
    for hour in ("15:00", "16:00"):
        site.clock.advance(seconds=2)
        await change(site, planned, hour=hour)
        await site.send_letters()
        told = site.parts.mailer.letters()[0][1]  # type: ignore[attr-defined]
        sequences.append(entry(told)[1])
    assert sequences[0] < sequences[1]


async def test_who_leaves_is_asked_about_loses_the_link_at_once_and_gets_a_calm_letter(site: Site) -> None:
    planned = await invited(site)
    browser = await site.seated(planned.links["Karim Haddad"])
    asked = await change(site, planned, ("Karim Haddad",), False)
    check_page(asked.text)
    assert "Shall 1 person lose their place?" in asked.text
    assert "(in reserve)" in asked.text
    assert (await browser.get(f"/door/{planned.id}")).status_code == 200
    answer = await change(site, planned, ("Karim Haddad",))
    assert "1 letter is leaving." in answer.text
    assert planned.links["Karim Haddad"] not in answer.text
    assert (await browser.get(f"/door/{planned.id}")).status_code == 404
    async with site.visitor() as other:
        assert (await other.post(planned.links["Karim Haddad"])).status_code == 404
    await browser.aclose()
    session = await at(site, planned)
    assert "Karim Haddad" not in {each.name for each in session.people}
    assert session.reserve is None
    await site.send_letters()
    letter = letters(site, "vous n’êtes plus attendu·e")["karim@example.org"]
    assert entry(letter)[3] == "CANCEL"
    assert "Vous restez membre du groupe." in letter.text
    assert "/j/" not in letter.text
    assert not letters(site, "ce qui change")


async def test_somebody_new_gets_a_seat_a_link_and_an_invitation_and_may_be_client(site: Site) -> None:
    planned = await invited(site)
    answer = await change(site, planned, people="Zoé Roy zoe@example.org", client="zoe@example.org")
    assert "1 letter is leaving." in answer.text
    await site.send_letters()
    assert "zoe@example.org" in letters(site, "votre place")
    session = await at(site, planned)
    assert session.people[-1].name == "Zoé Roy"
    assert session.clients == (session.people[-1].id,)
    known = {each.person: each.status for each in await site.parts.directory.invitations_of(planned.id)}
    assert known[session.people[-1].id] is Sending.SENT
    links = dict(re.findall(r'Link of (.*?)</label>\s*<input[^>]*value="[^"]*(/j/[^"]*)"', answer.text))
    async with await site.seated(links["Zoé Roy"]) as browser:
        assert "Zoé" in (await browser.get(f"/door/{planned.id}")).text


async def test_everything_else_of_the_plan_can_change_too(site: Site) -> None:
    planned = await invited(site)
    first = await at(site, planned)
    karim, awa = person(first, "Karim Haddad"), person(first, "Awa Diop")
    fields = {
        "minutes-expose": "7", "trace": "none", "language": "en", "client": str(karim), "reserve": str(awa), "relay": "-",
        "duty-timekeeper": str(person(first, "Nadia Benali")), "duty-co-facilitator": str(person(first, "Luc Petit")),
        "microphones": "voice-rule", "screen_share": "on", **CARD,
    }  # fmt: skip
    answer = await change(site, planned, **fields)
    assert answer.url.path == f"/sessions/{planned.id}"
    session = await at(site, planned)
    assert (session.clients, session.reserve, session.relay) == ((karim,), awa, None)
    assert (session.trace, session.language) == (Trace.NONE, "en")
    assert (session.microphones, session.screen_share) == (Microphones.VOICE_RULE, True)
    assert session.bridge.phone == CARD["phone"]
    roles = {each.name: each.role for each in session.people}
    assert (roles["Nadia Benali"], roles["Luc Petit"]) == (Role.TIMEKEEPER, Role.CO_FACILITATOR)
    assert (await site.session(planned.id)).ends_at == datetime(2026, 11, 24, 13, 17, tzinfo=UTC)
    assert session.protocol.content_hash == first.protocol.content_hash
    await site.send_letters()
    letter = letters(site, "what changes")["nadia@example.org"]
    assert "has another length" in letter.text
    assert "After the session nothing is kept." in letter.text
    assert CARD["phone"] in letter.text
    back = await change(site, planned, **{"duty-timekeeper": "", "duty-co-facilitator": ""})
    assert back.url.path == f"/sessions/{planned.id}"
    assert {each.role for each in (await at(site, planned)).people} == {Role.FACILITATOR, Role.CONSULTANT}


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"day": "2026-11-01"}, "This hour is past."),
        ({"day": "2030-11-22"}, "more than two years away"),
        ({"hour": "noon"}, "Choose a day and an hour."),
        ({"phone": "call me"}, "not a telephone number"),
        ({"people": "Zoé zoe@"}, "the address zoe@ is not complete"),
        ({"people": "\n".join(f"P{n} p{n}@example.org" for n in range(9))}, "at most 10 people besides you"),
    ],
)
async def test_what_is_impossible_is_said_and_nothing_is_lost_or_changed(
    site: Site, fields: dict[str, str], says: str
) -> None:
    planned = await invited(site)
    before = await at(site, planned)
    answer = await change(site, planned, **{"trace": "none", "minutes-expose": "7", "code": "77#", **fields})
    assert answer.status_code == 422
    check_page(answer.text)
    assert says in answer.text
    kept = typed(answer.text)
    assert (kept["trace"], kept["minutes-expose"], kept["code"]) == ("none", "7", "77#")
    assert {name: kept[name] for name in fields} == fields
    assert (await at(site, planned)).seq == before.seq
    await site.send_letters()
    assert letters(site, "séance 1") == letters(site, "votre place")


async def test_a_table_that_would_be_too_small_is_refused_before_anybody_loses_a_link(site: Site) -> None:
    planned = await invited(site)
    answer = await change(site, planned, ("Karim Haddad", "Awa Diop"))
    assert answer.status_code == 422
    assert "at least 4 people besides you" in answer.text
    async with await site.seated(planned.links["Karim Haddad"]) as browser:
        assert browser.cookies


async def test_a_session_that_began_meanwhile_is_left_alone(site: Site) -> None:
    planned = await invited(site)
    async with await site.desk_of(planned.host) as desk:
        form = typed((await desk.get(f"/sessions/{planned.id}/change")).text)
        site.clock.advance(hours=23)
        await site.parts.rooms.do(planned.id, planned.host.id, OpenDoors(), CommandId("1"))
        await site.parts.rooms.do(planned.id, planned.host.id, Start(), CommandId("2"))
        answer = await desk.post(
            f"/sessions/{planned.id}/change", data={**form, "hour": "18:00", "action": "save"}
        )
    assert "The session has begun meanwhile" in answer.text
    assert (await site.session(planned.id)).starts_at == datetime(2026, 11, 24, 12, tzinfo=UTC)


async def test_a_cancelled_session_tells_those_who_were_invited(site: Site) -> None:
    planned = await invited(site)
    async with await site.desk_of(planned.host) as desk:
        answer = await desk.post(f"/sessions/{planned.id}/cancel")
    assert "4 letters are leaving." in answer.text
    await site.send_letters()
    told = letters(site, "elle n’a pas lieu")
    assert sorted(told) == ["awa@example.org", "karim@example.org", "nadia@example.org", "thomas@example.org"]
    assert entry(told["awa@example.org"])[3] == "CANCEL"


async def test_duties_are_given_on_the_sessions_page_with_one_click(site: Site, planned: Planned) -> None:
    async with await site.desk_of(planned.host) as desk:
        page = (await desk.get(f"/sessions/{planned.id}")).text
        assert "Scribe: Awa Diop, by the order of seats among equals." in page
        after = (await desk.post(f"/sessions/{planned.id}/duties")).text
    assert "by the order of seats" not in after
    roles = {each.role: each.name for each in (await at(site, planned)).people}
    assert (roles[Role.TIMEKEEPER], roles[Role.SCRIBE]) == ("Thomas Leroy", "Awa Diop")
