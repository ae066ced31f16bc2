"""What a facilitator sees of a closed session: who was there, and averages that point at nobody."""

import csv
import io

import pytest

from tests.web.held import SUBJECT, Held
from tests.web.site import PEOPLE, Planned, Site, check_page


@pytest.mark.parametrize(("stars", "shown"), [(4, False), (5, True)])
async def test_averages_are_shown_from_five_answers_on(
    site: Site, planned: Planned, stars: int, shown: bool
) -> None:
    held = Held(site, planned)
    await held.hold(stars)
    async with await site.desk_of(planned.host) as desk:
        assert "out of 5" not in (await desk.get(f"/sessions/{planned.id}")).text
        await held.close()
        page = (await desk.get(f"/sessions/{planned.id}")).text
    check_page(page)
    assert ("5.0 out of 5" in page) is shown
    assert ("4.4 out of 5" in page) is shown
    assert ("fewer than five answers" in page) is not shown


async def test_attendance_tells_names_roles_and_times_and_never_the_subject(
    site: Site, planned: Planned
) -> None:
    held = Held(site, planned)
    await held.hold(0)
    await held.close()
    async with await site.desk_of(planned.host) as desk:
        page = (await desk.get(f"/sessions/{planned.id}/attendance")).text
        table = await desk.get(f"/sessions/{planned.id}/attendance.csv")
    check_page(page)
    assert "Nadia Benali" in page
    assert "Opening" in page
    rows = list(csv.reader(io.StringIO(table.text.removeprefix("\ufeff"))))
    assert len(rows) == 1 + 6
    nadia = next(row for row in rows if row[2] == "Nadia Benali")
    assert nadia[3] == "client"
    assert nadia[6] == "30"
    assert SUBJECT not in page + table.text


async def test_a_name_is_no_formula_in_a_spreadsheet(site: Site) -> None:
    host = await site.facilitator()
    hostile = PEOPLE + "\n=cmd|'/c calc' evil@example.org"
    held = Held(site, await site.plan(host, hostile))
    await held.hold(0)
    await held.close()
    async with await site.desk_of(host) as desk:
        table = await desk.get(f"/sessions/{held.planned.id}/attendance.csv")
    cells = [cell for row in csv.reader(io.StringIO(table.text.removeprefix("\ufeff"))) for cell in row]
    assert any("cmd" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


async def test_before_the_close_there_is_no_evidence(site: Site, planned: Planned) -> None:
    async with await site.desk_of(planned.host) as desk:
        assert (await desk.get(f"/sessions/{planned.id}/attendance")).status_code == 404
