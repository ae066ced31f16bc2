"""Prepares sessions: what is possible is planned once, what is not is said beside its field, and nothing is lost."""

import re
from datetime import timedelta

import pytest

from app.engine.events import SessionPlanned, Trace
from app.engine.ids import SessionId
from app.engine.protocol import Role
from app.usecases.pasted_people import Named
from app.usecases.plan_session import CannotPlan, Plan, Planner, new_group, plan_session
from app.usecases.records import Sending
from tests.web.site import PEOPLE, Planned, Site, check_page, filled


async def first_fact(site: Site, planned: Planned) -> SessionPlanned:
    fact = (await site.parts.log.load(planned.id))[0].event
    assert isinstance(fact, SessionPlanned)
    return fact


async def test_a_session_is_planned_with_its_group_seats_and_links(site: Site, planned: Planned) -> None:
    fact = await first_fact(site, planned)
    assert [each.name for each in fact.people] == [
        "Hélène Roy", "Nadia Benali", "Karim Haddad", "Thomas Leroy", "Awa Diop", "Luc Petit",
    ]  # fmt: skip
    assert fact.people[0].role is Role.FACILITATOR  # at the client's right
    assert fact.clients == (fact.people[1].id,)
    assert fact.reserve == fact.people[2].id
    assert sorted(planned.links) == ["Awa Diop", "Karim Haddad", "Luc Petit", "Nadia Benali", "Thomas Leroy"]
    assert (await site.session(planned.id)).ends_at.isoformat() == "2026-11-24T13:15:00+00:00"


async def test_sending_the_form_twice_makes_one_session(site: Site) -> None:
    host = await site.facilitator()
    async with await site.desk_of(host) as desk:
        form = await filled(desk)
        first, second = await desk.post("/prepare", data=form), await desk.post("/prepare", data=form)
    assert first.url.path == second.url.path
    assert len(await site.parts.directory.sessions_by(host.id)) == 1


async def test_somebody_elses_draft_is_not_shown_or_changed(site: Site, planned: Planned) -> None:
    other = await site.facilitator("other@example.org", "Paul")
    async with await site.desk_of(other) as desk:
        answer = await desk.post("/prepare", data={**await filled(desk), "draft": planned.id})
    assert answer.url.path == "/prepare"
    assert answer.status_code == 422
    assert planned.links["Nadia Benali"] not in answer.text


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"day": "2026-11-22"}, "This hour is past."),
        ({"day": "2030-11-22"}, "more than two years away"),
        ({"day": "soon"}, "Choose a day and an hour."),
        ({"day": "2027-03-28", "hour": "02:30", "zone": "Europe/Paris"}, "it does not exist"),
        ({"people": "Nadia nadia@example.org"}, "at least 4 people besides you"),
        ({"people": "\n".join(f"P{n} p{n}@example.org" for n in range(13))}, "at most 10 people besides you"),
        ({"people": PEOPLE + "\nZoé zoe@"}, "Line 5: the address zoe@ is not complete."),
    ],
)
async def test_what_is_impossible_is_said_beside_its_field_and_nothing_is_lost(
    site: Site, fields: dict[str, str], says: str
) -> None:
    async with await site.desk_of(await site.facilitator()) as desk:
        form = {
            **await filled(desk),
            "group_name": "Cercle <Sambre>",
            "minutes-expose": "6",
            "trace": "none",
            **fields,
        }
        answer = await desk.post("/prepare", data=form)
    assert answer.status_code == 422
    check_page(answer.text)
    assert says in answer.text
    assert 'value="Cercle &lt;Sambre&gt;"' in answer.text
    assert 'value="none" checked' in answer.text
    assert 'name="minutes-expose" value="6"' in answer.text
    for line in form["people"].splitlines():
        assert line.replace("<", "&lt;").replace(">", "&gt;") in answer.text


async def test_the_timeline_follows_protocol_and_minutes_without_a_script(site: Site) -> None:
    async with await site.desk_of(await site.facilitator()) as desk:
        form = await filled(desk, action="preview")
        more = (await desk.post("/prepare", data={**form, "minutes-expose": "5", "step": "expose:1"})).text
        assert '<p class="total">76\u00a0min</p>' in more
        assert "from 12\u00a0pm to 1:16\u00a0pm" in more
        other = (await desk.post("/prepare", data={**form, "protocol": "troika"})).text
    total = re.search(r'class="total">(.*?)<', other)
    assert total is not None
    assert total[1] == "30\u00a0min"
    assert "Several people are clients in turn" in other


async def test_minutes_stay_inside_what_a_phase_allows(site: Site) -> None:
    planned = await site.plan(
        await site.facilitator(),
        **{"minutes-expose": "9999", "minutes-nothing": "3", "minutes-learnings": "0"},
    )
    fact = await first_fact(site, planned)
    protocol = await site.parts.protocols.get(fact.protocol_hash)
    limits = {phase.id: phase.minutes for phase in protocol.phases()}
    assert set(fact.minutes) <= {"expose", "learnings"}
    assert fact.minutes["expose"] == limits["expose"].most
    assert all(limits[id].least <= length <= limits[id].most for id, length in fact.minutes.items())


@pytest.mark.parametrize(
    ("wish", "client"),
    [
        ("karim@example.org", "Karim Haddad"),
        ("luc petit", "Luc Petit"),
        ("-", None),
        ("nobody", "Nadia Benali"),
    ],
)
async def test_the_facilitator_chooses_the_client_or_nobody_yet(
    site: Site, wish: str, client: str | None
) -> None:
    fact = await first_fact(site, await site.plan(await site.facilitator(), client=wish))
    names = {each.id: each.name for each in fact.people}
    assert [names[each] for each in fact.clients] == ([client] if client else [])
    assert fact.reserve not in fact.clients


async def test_every_protocol_can_be_prepared(site: Site) -> None:
    host = await site.facilitator()
    for protocol in await site.parts.protocols.all():
        people = "\n".join(f"Person {n} p{n}@example.org" for n in range(protocol.people[0]))
        planned = await site.plan(host, people, protocol=protocol.id)
        assert (await site.session(planned.id)).protocol_hash == protocol.content_hash


@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000,
        "<script>alert(1)</script> a@b.org",
        "{{ 7*7 }} %(name)s",
        "\u202e\x00\ud7ff",
        "👩‍🚀" * 500,
    ],
)
async def test_hostile_text_is_shown_and_never_run(site: Site, text: str) -> None:
    async with await site.desk_of(await site.facilitator()) as desk:
        form = {
            **await filled(desk, action="preview"),
            "people": text,
            "group_name": text[:300],
            "client": text[:300],
        }
        answer = await desk.post("/prepare", data=form)
    assert answer.status_code < 500
    assert "<script>alert" not in answer.text
    if answer.status_code == 200:
        check_page(answer.text)


async def test_half_minutes_are_shown_truly_and_kept(site: Site) -> None:
    host = await site.facilitator()
    async with await site.desk_of(host, "fr") as desk:
        form = await filled(desk, protocol="troika", action="preview")
        page = (await desk.post("/prepare", data=form)).text
        typed = dict(re.findall(r'name="(minutes-[^"]+)" value="([^"]+)"', page))
        assert typed["minutes-advice"] == "4.5"
        assert "4\u00a0min\u00a030" in page
        more = (await desk.post("/prepare", data={**form, **typed, "step": "advice:1"})).text
        assert 'name="minutes-advice" value="5.5"' in more
        answer = await desk.post("/prepare", data={**form, **typed, "action": "save"})
    fact = (await site.parts.log.load(SessionId(answer.url.path.split("/")[2])))[0].event
    assert isinstance(fact, SessionPlanned)
    assert fact.minutes == {}


async def test_duties_are_offered_with_a_reason_and_accepted_in_one_click(site: Site) -> None:
    async with await site.desk_of(await site.facilitator()) as desk:
        form = await filled(desk, action="preview")
        page = (await desk.post("/prepare", data=form)).text
        assert "Timekeeper: Thomas Leroy, by the order of seats among equals." in page
        accepted = (await desk.post("/prepare", data={**form, "step": "duties"})).text
        chosen = re.findall(r'name="duty-([^"]+)">.*?<option value="([^"]+)" selected', accepted)
        assert chosen == [("timekeeper", "thomas@example.org"), ("scribe", "awa@example.org")]
        duties = {f"duty-{role}": key for role, key in chosen}
        twice = {**form, "duty-timekeeper": "nadia@example.org", "action": "save"}
        assert "Nadia Benali was given two roles" in (await desk.post("/prepare", data=twice)).text
        saved = await desk.post("/prepare", data={**form, **duties, "action": "save"})
    fact = (await site.parts.log.load(SessionId(saved.url.path.split("/")[2])))[0].event
    assert isinstance(fact, SessionPlanned)
    roles = {each.name: each.role for each in fact.people}
    assert (roles["Thomas Leroy"], roles["Awa Diop"]) == (Role.TIMEKEEPER, Role.SCRIBE)
    assert "Thomas Leroy" in saved.text.split("Personal links")[0]


async def test_a_letter_is_sent_again_to_one_person(site: Site, planned: Planned) -> None:
    person = (await site.parts.directory.members_of(planned.group))[0].person
    async with await site.desk_of(planned.host) as desk:
        answer = await desk.post(f"/sessions/{planned.id}/send", data={"person": person})
        assert "1 letter is leaving." in answer.text
        await site.send_letters()
        again = await desk.post(f"/sessions/{planned.id}/send")
        assert "3 letters are leaving." in again.text
    invitations = await site.parts.directory.invitations_of(planned.id)
    assert [each.status for each in invitations if each.person == person] == [Sending.SENT]


async def test_a_plan_the_table_could_not_hold_is_never_written(site: Site) -> None:
    """The last word is the engine's, whatever a form lets through: here somebody without a name."""
    host = await site.facilitator()
    protocol = await site.parts.protocols.find("codev-75")
    assert protocol is not None
    group = new_group(host, site.parts.ids, "Cercle", "fr", "UTC", Trace.CLIENT, site.clock.now())
    people = (*(Named(f"P{number}", "", number) for number in range(4)), Named("", "", 9))
    starts_at = site.clock.now() + timedelta(days=1)
    plan = Plan(group, people, starts_at, "UTC", protocol, {}, Trace.CLIENT, None, None, "fr")
    have = site.parts
    outside = Planner(have.directory, have.rooms, have.jobs, have.links, have.clock, have.ids)
    with pytest.raises(CannotPlan):
        await plan_session(plan, host, SessionId("s" * 20), outside)
    assert await have.directory.find_session(SessionId("s" * 20)) is None
