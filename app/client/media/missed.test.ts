// Checks what a page says is missing: nothing on coming back, silence when it is one, and the names of those without a link.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Missed, missed, type Seen, unlinked } from "./missed.ts";

const MINUTE = 60_000;
const HEARD: Seen = { awaited: true, comes: true, linked: [], open: [] };
const SILENT: Seen = { ...HEARD, comes: false };
const ON_THE_PHONE: Seen = { ...SILENT, awaited: false };

/** Looks twice a second, as the page does; every look is shown to the test. */
function looks(from: Missed, seen: Seen, at: number, ms: number, each = (_: Missed) => {}): Missed {
  let now = from;
  for (let past = 0; past <= ms; past += 500) {
    now = missed(now, seen, at + past);
    each(now);
  }
  return now;
}

const begins: Missed = { begun: 0, lost: null, apart: new Map() };

test("sound that stops is missed from the moment it stopped", () => {
  const heard = looks(begins, HEARD, 0, MINUTE);
  assert.equal(looks(heard, SILENT, MINUTE, 5000).lost, MINUTE);
  assert.equal(looks(heard, HEARD, MINUTE, 5000).lost, null);
});

test("who comes back from the phone or from writing is not told that the sound has stopped", () => {
  const heard = looks(begins, HEARD, 0, MINUTE);
  const away = looks(heard, ON_THE_PHONE, MINUTE, 5 * MINUTE);
  const nothing = ({ lost }: Missed) => assert.equal(lost, null);
  const back = looks(away, SILENT, 6 * MINUTE, 7500, nothing);
  nothing(looks(back, HEARD, 6 * MINUTE + 7500, 1000, nothing));
});

test("sound that does not come back after the phone is missed once there was time for it", () => {
  const away = looks(begins, ON_THE_PHONE, 0, 5 * MINUTE);
  assert.equal(looks(away, SILENT, 5 * MINUTE, 60_000).lost, 5 * MINUTE + 8000);
});

test("who is without an open link for eight seconds is named, and no longer once it opens", () => {
  const links: Seen = { ...HEARD, linked: ["awa", "luc", "zoé"], open: ["luc"] };
  const early = looks(begins, links, 0, 7500);
  assert.deepEqual(unlinked(early, 7500), []);
  const late = looks(early, links, 8000, 0);
  assert.deepEqual(unlinked(late, 8000), ["awa", "zoé"]);
  const opened = looks(late, { ...links, open: ["luc", "awa"] }, 8500, 0);
  assert.deepEqual(unlinked(opened, 8500), ["zoé"]);
});

test("a link that comes and goes names nobody", () => {
  const links: Seen = { ...HEARD, linked: ["awa", "luc"], open: ["luc"] };
  let now = begins;
  for (let at = 0; at < 5 * MINUTE; at += 7000) {
    now = looks(now, links, at, 6000, (each) => assert.deepEqual(unlinked(each, at + 6000), []));
    now = looks(now, { ...links, open: ["luc", "awa"] }, at + 6500, 0);
  }
});

test("who is heard by the media server again is missed by no link", () => {
  const links: Seen = { ...HEARD, linked: ["awa", "luc"], open: ["luc"] };
  const named = looks(begins, links, 0, 10_000);
  assert.deepEqual(unlinked(looks(named, HEARD, 10_500, 0), 10_500), []);
});
