"""What is corrected after a session: until it closes, at the last second, and by the reader of what was kept."""

from app.engine.commands import Close
from app.engine.events import Trace
from app.engine.ids import SERVER
from app.engine.state import Status
from app.main import Parts
from app.usecases.records import DocumentKind
from app.usecases.write_report import close_session
from tests.fakes import FakeClock
from tests.realtime.table import CONSULTANTS
from tests.report.ended import CLIENT, OTHER, SECRET, THIRD, browser_of, close, do, ended, page_of


async def test_what_is_corrected_before_the_close_is_what_is_kept(parts: Parts, clock: FakeClock) -> None:
    table = await ended(parts, Trace.CLIENT_AND_LEARNINGS)
    form = {"0-id": "step-1", "0-title": "Un pas mieux dit", "0-when": "mardi", "1-title": "Un second pas"}
    assert (await browser_of(table, CLIENT).post(f"/after/{table.session}/plan", form)).status == 303
    learned = {"learnings": "Mieux dit", "applications": "Dès lundi"}
    assert (await browser_of(table, CLIENT).post(f"/after/{table.session}/learnings", learned)).status == 303
    await close(parts, clock, table)
    text = (await page_of(table, CLIENT)).body.decode()
    assert "Deux petits pas" in text
    for said in ("Un pas mieux dit", "mardi", "Un second pas", "Mieux dit", "Dès lundi"):
        assert said in text
    assert SECRET not in text


async def test_what_is_kept_can_still_be_corrected_by_its_reader(parts: Parts, clock: FakeClock) -> None:
    table = await ended(parts, Trace.CLIENT_AND_LEARNINGS)
    await close(parts, clock, table)
    form = {"0-id": "step-1", "0-title": "Corrigé après coup"}
    assert (await browser_of(table, CLIENT).post(f"/after/{table.session}/plan", form)).status == 303
    assert (await browser_of(table, OTHER).post(f"/after/{table.session}/plan", form)).status == 303
    assert "Corrigé après coup" in (await page_of(table, CLIENT)).body.decode()
    assert "Corrigé après coup" not in (await page_of(table, OTHER)).body.decode()
    assert (await page_of(table, CLIENT, "/plan.pdf")).body.startswith(b"%PDF-")


async def test_a_correction_between_the_close_and_the_workers_writing_is_kept(
    parts: Parts, clock: FakeClock
) -> None:
    table = await ended(parts, Trace.CLIENT_AND_LEARNINGS)
    clock.advance(minutes=11)
    await do(table, SERVER, Close())  # the worker writes the documents a moment later
    form = {"0-id": "step-1", "0-title": "Corrigé à la dernière seconde"}
    learned = {"learnings": "Dit à la dernière seconde"}
    third = CONSULTANTS[-1]  # who had written nothing so far
    assert (await browser_of(table, CLIENT).post(f"/after/{table.session}/plan", form)).status == 303
    assert (await browser_of(table, CLIENT).post(f"/after/{table.session}/learnings", learned)).status == 303
    assert (await browser_of(table, third).post(f"/after/{table.session}/learnings", learned)).status == 303
    assert "Corrigé à la dernière seconde" in (await page_of(table, CLIENT)).body.decode()
    await close_session(table.session, parts.rooms, parts.log, parts.directory, clock)
    text = (await page_of(table, CLIENT)).body.decode()
    for said in (
        "Corrigé à la dernière seconde",
        "Dit à la dernière seconde",
        "Commencer par ce qui ne change",
    ):
        assert said in text
    assert SECRET not in text
    assert "Dit à la dernière seconde" in (await page_of(table, third)).body.decode()
    assert f"{SECRET} ({OTHER})" in (await page_of(table, OTHER)).body.decode()


async def test_a_page_left_open_until_the_close_loses_nothing_or_says_so(
    parts: Parts, clock: FakeClock
) -> None:
    """Who had written nothing has no document; a text that comes after the close begins one, where traces are kept."""
    third, learned = CONSULTANTS[-1], {"learnings": "Écrit lentement"}
    table = await ended(parts, Trace.CLIENT_AND_LEARNINGS)
    await close(parts, clock, table)
    assert (await browser_of(table, third).post(f"/after/{table.session}/learnings", learned)).status == 303
    assert "Écrit lentement" in (await page_of(table, third)).body.decode()


async def test_where_nothing_may_remain_a_late_correction_is_refused_in_words(
    parts: Parts, clock: FakeClock
) -> None:
    table = await ended(parts, Trace.CLIENT)
    clock.advance(minutes=11)
    await do(table, SERVER, Close())
    late = {"learnings": "Trop tard"}
    page = await browser_of(table, OTHER).post(f"/after/{table.session}/learnings", late)
    assert page.status == 409
    assert 'role="alert"' in page.body.decode()
    await close_session(table.session, parts.rooms, parts.log, parts.directory, clock)
    assert (await browser_of(table, OTHER).post(f"/after/{table.session}/learnings", late)).status == 409
    assert (await parts.documents.find(table.session, OTHER, DocumentKind.LEARNINGS)) is None


async def test_a_step_without_a_name_is_taken_out(parts: Parts) -> None:
    table = await ended(parts, Trace.CLIENT)
    form = {"0-id": "step-1", "0-title": "  ", "0-when": "jamais"}
    await browser_of(table, CLIENT).post(f"/after/{table.session}/plan", form)
    assert "Un plan à écrire" in (await page_of(table, CLIENT)).body.decode()


async def test_a_text_that_is_refused_is_answered_by_a_sentence(parts: Parts) -> None:
    table = await ended(parts, Trace.CLIENT)
    form = {"0-id": "step-1", "0-title": "Un pas", "0-follow_up": "demain"}
    page = await browser_of(table, CLIENT).post(f"/after/{table.session}/plan", form)
    assert page.status == 409
    assert 'role="alert"' in page.body.decode()


async def test_stars_are_noted_while_the_session_exists(parts: Parts) -> None:
    table = await ended(parts, Trace.CLIENT)
    stars = {"helped": "2", "frame": "9", "distance": ""}
    assert (await browser_of(table, THIRD).post(f"/after/{table.session}/stars", stars)).status == 303
    session = await parts.rooms.session(table.session)
    given = next(each for each in session.entries.values() if each.id == f"stars-{THIRD}")
    assert given.fields["helped"] == "2"
    assert given.fields["frame"] in "12345"
    assert session.status is Status.ENDED
