// Checks which ways a browser takes: quick to a new one, never without the old one too early, still in one piece alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { watchdog } from "./watchdog.ts";
import { type Seen, sendsDirectly, wayOf } from "./way.ts";

const WELL: Seen = {
  group: "sfu",
  own: null,
  livekit: true,
  inside: true,
  silent: 0,
  others: ["awa", "luc"],
  stars: [],
  linked: [],
  open: [],
  stayed: 60_000,
};

test("while the media server carries, nobody is linked directly", () => {
  assert.deepEqual(wayOf(WELL), { sfu: true, mesh: [], using: "sfu" });
});

test("a person whom the media server does not reach gets a link, and nobody else does", () => {
  assert.deepEqual(wayOf({ ...WELL, stars: ["luc"] }), { sfu: true, mesh: ["luc"], using: "sfu" });
});

test("links are prepared after six silent seconds, and used as soon as they carry", () => {
  assert.deepEqual(wayOf({ ...WELL, silent: 5000 }).mesh, []);
  assert.deepEqual(wayOf({ ...WELL, silent: 6000 }), { sfu: true, mesh: ["awa", "luc"], using: "none" });
  const open = { ...WELL, silent: 9000, linked: ["awa", "luc"], open: ["awa"] };
  assert.equal(wayOf(open).using, "mesh");
});

test("going down and up, the old way stays until the new one carries", () => {
  const down = { ...WELL, group: "mesh", stayed: 1000 };
  assert.deepEqual(wayOf(down), { sfu: true, mesh: ["awa", "luc"], using: "sfu" });
  assert.deepEqual(wayOf({ ...down, open: ["awa", "luc"] }).using, "mesh");
  const up = { ...WELL, inside: false, silent: 1000, linked: ["awa", "luc"], open: ["awa", "luc"] };
  assert.deepEqual(wayOf(up), { sfu: true, mesh: ["awa", "luc"], using: "mesh" });
});

test("who is on the phone or writes is on no other way", () => {
  for (const own of ["bridge", "text"])
    assert.deepEqual(wayOf({ ...WELL, own }), { sfu: false, mesh: [], using: "none" });
});

test("among many, only who speaks sends directly, and no pictures", () => {
  assert.deepEqual(sendsDirectly(7, false), { audio: false, video: false });
  assert.deepEqual(sendsDirectly(7, true), { audio: true, video: false });
  assert.deepEqual(sendsDirectly(3, false), { audio: true, video: true });
});

test("only growth is life: a counter that fell belongs to a new connection", () => {
  const dog = watchdog(0);
  dog.feed(100, 1000);
  dog.feed(200, 2000);
  assert.equal(dog.silentFor(2500), 500);
  dog.feed(0, 3000);
  dog.feed(0, 4000);
  assert.equal(dog.silentFor(5000), 3000);
  dog.feed(10, 6000);
  assert.equal(dog.silentFor(6000), 0);
});
