// Relays are asked for once, again before they expire, and not too often; a server that is silent takes nothing away.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Relays } from "./relays.ts";
import type { Entrance } from "./situation.ts";

const HOUR = 3_600_000;

/** A page whose server gives relays that hold for six hours, while it answers. */
class Page {
  at = 1_700_000_000_000;
  asked = 0;
  answers = true;
  readonly relays = new Relays(
    () => this.#enter(),
    () => this.at,
  );

  /** Lets time pass as a page that is open does: it tends twice a second, here once a minute. */
  async pass(ms: number): Promise<void> {
    for (const end = this.at + ms; this.at < end; ) {
      this.at += 60_000;
      this.relays.tend();
      await settled();
    }
  }

  get username(): string | undefined {
    return this.relays.known?.iceServers?.[0]?.username;
  }

  async #enter(): Promise<Entrance | null> {
    this.asked += 1;
    if (!this.answers) throw new Error("no answer");
    const ice = { iceServers: [{ urls: "turn:relay.example.org", username: `${this.at + 6 * HOUR}:awa` }] };
    return { pass: null, ice, lasts: (6 * HOUR) / 1000 };
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
}

const expiry = (page: Page) => Number(page.username?.split(":")[0]);

test("relays are asked for when they are needed, once for all who wait", async () => {
  const page = new Page();
  assert.equal(page.relays.usable, false);
  await page.pass(HOUR);
  assert.equal(page.asked, 0, "who needs none asks for none");
  assert.deepEqual(await Promise.all([page.relays.ready(), page.relays.ready()]), [true, true]);
  assert.equal(page.asked, 1);
});

test("through a long day the relays in hand never expire, and our server is asked every three hours", async () => {
  const page = new Page();
  await page.relays.ready();
  for (let hour = 0; hour < 24; hour += 1) {
    await page.pass(HOUR);
    assert(expiry(page) - page.at >= 2.9 * HOUR, `hour ${hour}`);
  }
  assert.equal(page.asked, 9);
});

test("a page that slept for a night asks before it links", async () => {
  const page = new Page();
  await page.relays.ready();
  page.at += 10 * HOUR;
  assert.equal(page.relays.usable, false, "they have expired");
  assert.equal(await page.relays.ready(), true);
  assert(expiry(page) > page.at);
});

test("while our server is silent the old relays are kept, and it is asked again and again, not all the time", async () => {
  const page = new Page();
  await page.relays.ready();
  page.answers = false;
  page.at += 10 * HOUR;
  const before = page.username;
  assert.equal(await page.relays.ready(), true, "better old relays than none");
  assert.equal(page.username, before);
  for (let tick = 0; tick < 120; tick += 1) {
    page.at += 500;
    page.relays.tend();
    await settled();
  }
  assert(page.asked > 10 && page.asked <= 2 + 60_000 / 3000, `${page.asked} times in a minute`);
  page.answers = true;
  page.at += 3000;
  page.relays.tend();
  await settled();
  assert(expiry(page) > page.at, "it answers again");
});

test("without any answer nothing is linked, so that no address is shown", async () => {
  const page = new Page();
  page.answers = false;
  assert.equal(await page.relays.ready(), false);
  page.answers = true;
  page.relays.seek();
  await settled();
  assert.equal(page.asked, 1, "it was asked a moment ago");
  page.at += 3000;
  page.relays.seek();
  await settled();
  assert.equal(page.relays.usable, true);
});

test("a pass to the media server brings relays too", async () => {
  const page = new Page();
  await page.relays.ready();
  page.at += HOUR;
  await page.relays.enter();
  assert.equal(expiry(page), page.at + 6 * HOUR);
});
