"""Who is heard, in real browsers: left to people, closed by the voice rule where the group chose it, never opened by anybody else."""

from contextlib import AsyncExitStack
from time import monotonic

import pytest
from playwright.async_api import Browser, Page, expect

from app.engine.commands import ChangePlan, ChooseClient, ProposeSubject, Start
from app.engine.ids import SERVER, CommandId, EntryId, PersonId
from app.engine.ladder import Microphones
from app.main import Parts
from devtools.steps import ROOT
from tests.patience import until
from tests.realtime.table import FACILITATOR, Table, a_table
from tests.realtime.table import Browser as Host
from tests.video.table import PATIENCE, THREE, Seat, grows, hosting, opened, seated, sound

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.xdist_group("stories")]

BRUNO, CHLOE, DRISS = THREE
LIVEKIT_CLIENT = ROOT / "node_modules/livekit-client/dist/livekit-client.umd.js"
CHEAT = """
async (session) => {  // a page that is not Ronde's: it speaks, as a camera too, and opens again what is closed
  const answer = await fetch(`/video/${session}/pass`, { method: "POST" });
  const { url, token } = await answer.json();
  const room = new LivekitClient.Room();
  window.stayed = { microphone: [], camera: [] };
  const opened = {};
  const open = ({ source }) => { opened[source] = Date.now(); };
  room.on("trackMuted", (publication, who) => {
    if (who !== room.localParticipant) return;
    window.stayed[publication.source].push((Date.now() - opened[publication.source]) / 1000);
    setTimeout(() => publication.unmute().then(() => open(publication)), 300);
  });
  await room.connect(url, token);
  const [voice] = (await navigator.mediaDevices.getUserMedia({ audio: true })).getAudioTracks();
  open(await room.localParticipant.setMicrophoneEnabled(true));
  open(await room.localParticipant.publishTrack(voice, { source: "camera" }));
}
"""


async def ready(parts: Parts, microphones: Microphones) -> Table:
    """Plan a session whose client is Bruno and which is about to begin."""
    table = await a_table(parts)

    async def do(command: object, by: object) -> None:
        table.made += 1
        await parts.rooms.do(table.session, by, command, CommandId(f"test-{table.made}"))  # type: ignore[arg-type]

    await do(ChangePlan(microphones=microphones), SERVER)
    await opened(table)
    await do(ProposeSubject(EntryId("s1"), "Une équipe"), BRUNO)
    await do(ChooseClient(BRUNO, EntryId("s1")), FACILITATOR)
    await do(Start(), FACILITATOR)
    return table


async def go_on_to(host: Host, phase: str) -> None:
    """Go on until a phase begins."""
    while (key := host.view["plan"][host.view["clock"]["at"]]["key"]) != phase:
        assert (await host.do("next", from_key=key))["t"] == "ack"
        await host.until(lambda key=key: host.view["plan"][host.view["clock"]["at"]]["key"] != key)


async def test_the_voice_rule_closes_who_must_be_silent_and_offers_the_microphone_back_on_their_turn(
    filmed: Browser, parts: Parts
) -> None:
    table = await ready(parts, Microphones.VOICE_RULE)
    async with AsyncExitStack() as stack:
        host = await stack.enter_async_context(hosting(table))
        bruno, chloe = [await stack.enter_async_context(seated(filmed, table, who)) for who in (BRUNO, CHLOE)]
        await grows([bruno, chloe], sound, by=30, within=PATIENCE)

        await go_on_to(host, "expose")
        for seat, word in ((chloe, "Mic closed: we listen"), (bruno, "Mic on")):
            button = seat.page.get_by_role("button", name=word)
            await expect(button).to_be_visible(timeout=PATIENCE * 1000)
        await grows([chloe], sound, by=60, within=PATIENCE)

        cheat = await bare(stack, filmed, table, chloe)
        await expect(chloe.page.locator("[data-told=elsewhere]")).to_be_visible(timeout=PATIENCE * 1000)
        await until(lambda: was_closed(cheat, 2), "the cheating page stays open")
        print(f"a cheating page was open for {await cheat.evaluate('window.stayed')} s")
        await cheat.context.close()
        await chloe.page.get_by_role("button", name="Sound and picture here").click()

        await go_on_to(host, "clarification")
        await chloe.page.get_by_role("button", name="Open my mic again").click(timeout=PATIENCE * 1000)
        await grows([bruno], sound, by=60, within=PATIENCE)

        await bare(stack, filmed, table, chloe)
        assert await is_in_media(parts, table, CHLOE)
        await parts.directory.revoke_join(table.session, CHLOE, parts.clock.now())
        began = monotonic()
        await until(lambda: is_out_of_media(parts, table, CHLOE), "whose link was revoked listens on")
        print(f"whose link was revoked is out of LiveKit after {monotonic() - began:.1f} s")


async def bare(stack: AsyncExitStack, browser: Browser, table: Table, seat: Seat) -> Page:
    """Open a page with nothing but livekit-client, and the seat of somebody."""
    context = await browser.new_context(base_url=table.origin, bypass_csp=True)
    await stack.enter_async_context(context)
    await context.add_cookies(await seat.context.cookies())  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto("/healthz")
    await page.add_script_tag(path=LIVEKIT_CLIENT)
    await page.evaluate(CHEAT, table.session)
    return page


async def is_in_media(parts: Parts, table: Table, person: PersonId) -> bool:
    """Tell whether LiveKit itself sees somebody."""
    return person in {one.person for one in await parts.video.present(table.session)}


async def is_out_of_media(parts: Parts, table: Table, person: PersonId) -> bool:
    """Tell whether LiveKit itself sees them no longer."""
    return not await is_in_media(parts, table, person)


async def was_closed(page: Page, times: int) -> bool:
    """Tell whether the server closed a page's voice so often, whatever the page calls it."""
    stayed = await page.evaluate("window.stayed")
    return all(len(stayed[source]) >= times for source in ("microphone", "camera"))
