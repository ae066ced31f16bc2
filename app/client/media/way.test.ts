// Checks which ways a browser takes: quick to a new one, never without the old one too early, still in one piece alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { flowed, heardBy } from "./flows.ts";
import { felt, fold, isPoor, type Line, STRONG } from "./line.ts";
import { watchdog } from "./watchdog.ts";
import { type Seen, sendsDirectly, waitsForTap, wayOf } from "./way.ts";

const WELL: Seen = {
  group: "sfu",
  own: null,
  livekit: true,
  inside: true,
  silent: 0,
  others: ["awa", "luc"],
  troubled: false,
  steady: 60_000,
  stars: [],
  direct: [],
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

test("links are prepared at the first silence, sooner with another sign, and used as soon as they carry", () => {
  assert.deepEqual(wayOf({ ...WELL, silent: 1000 }).mesh, []);
  assert.deepEqual(wayOf({ ...WELL, silent: 600, troubled: true }).mesh, ["awa", "luc"]);
  assert.deepEqual(
    wayOf({ ...WELL, troubled: true }).mesh,
    [],
    "while sound comes, a lost signalling is nothing",
  );
  assert.deepEqual(wayOf({ ...WELL, silent: 3000 }), { sfu: true, mesh: ["awa", "luc"], using: "none" });
  const open = { ...WELL, silent: 9000, linked: ["awa", "luc"], open: ["awa"] };
  assert.equal(wayOf(open).using, "mesh");
});

test("going down and up, the old way stays until the new one carries", () => {
  const down = { ...WELL, group: "mesh", stayed: 1000 };
  assert.deepEqual(wayOf(down), { sfu: true, mesh: ["awa", "luc"], using: "sfu" });
  assert.deepEqual(wayOf({ ...down, open: ["awa", "luc"] }).using, "mesh");
  const up = {
    ...WELL,
    inside: false,
    silent: 90_000,
    steady: 0,
    linked: ["awa", "luc"],
    open: ["awa", "luc"],
  };
  assert.deepEqual(wayOf(up), { sfu: true, mesh: ["awa", "luc"], using: "mesh" });
});

test("links go when the media server has carried for a while, and all come by it who speak", () => {
  const linked = { ...WELL, linked: ["awa", "luc"], open: ["awa", "luc"] };
  assert.deepEqual(wayOf({ ...linked, steady: 2000 }).mesh, ["awa", "luc"]);
  assert.deepEqual(wayOf({ ...linked, direct: ["luc"] }).mesh, ["luc"]);
  assert.deepEqual(wayOf(linked).mesh, []);
});

test("who is on the phone or writes is on no other way", () => {
  for (const own of ["bridge", "text"])
    assert.deepEqual(wayOf({ ...WELL, own }), { sfu: false, mesh: [], using: "none" });
});

test("among many, only who may speak is heard directly, and only whose turn it is is seen", () => {
  assert.deepEqual(sendsDirectly(7, { speak: false, turn: false }), { audio: false, video: false });
  assert.deepEqual(sendsDirectly(7, { speak: true, turn: false }), { audio: true, video: false });
  assert.deepEqual(sendsDirectly(7, { speak: true, turn: true }), { audio: true, video: true });
  assert.deepEqual(sendsDirectly(5, { speak: false, turn: false }), { audio: false, video: true });
  assert.deepEqual(sendsDirectly(3, { speak: false, turn: false }), { audio: true, video: true });
});

test("an open microphone that nobody hears waits for a tap, whoever of the group is on direct links", () => {
  const audio = (tapped: boolean) => sendsDirectly(7, { speak: tapped, turn: false }).audio;
  const star = { group: "sfu", using: "mesh" } as const;
  assert.equal(waitsForTap(7, audio(false), star), true, "behind a firewall, in a group of eight");
  assert.equal(waitsForTap(7, audio(true), star), false, "the tap works");
  assert.equal(waitsForTap(7, audio(false), { group: "mesh", using: "mesh" }), true);
  assert.equal(
    waitsForTap(7, audio(false), { group: "sfu", using: "sfu" }),
    false,
    "the media server has it",
  );
  assert.equal(waitsForTap(0, false, { group: "mesh", using: "none" }), false, "nobody is there to hear");
});

test("only growth is life: a counter that fell belongs to a new connection", () => {
  const dog = watchdog(0);
  for (const second of [0, 1, 2]) dog.feed(100 * second, second * 1000);
  assert.equal(dog.silentFor(3500), 500, "a second is usual");
  dog.feed(0, 3000);
  dog.feed(0, 4000);
  assert.equal(dog.silentFor(5000), 2000);
  dog.feed(10, 6000);
  assert.equal(dog.silentFor(6000), 0);
});

test("a room where nobody sends is not silent: its pauses are usual", () => {
  const dog = watchdog(0);
  for (const at of [0, 2500, 5000, 7500]) dog.feed(at + 1, at);
  assert.equal(dog.silentFor(9900), 0);
  for (let at = 8000; at <= 12_000; at += 500) dog.feed(at + 1, at);
  assert.equal(dog.silentFor(15_000), 2500, "after a while of traffic they are not");
  dog.feed(20_000, 60_000);
  assert.equal(dog.silentFor(66_000), 3000, "an outage is never usual");
});

test("the media server is heard first, a direct link when it brings nothing, and never both", () => {
  const flow = (last: number, since = 0) => ({ packets: 1, since, last });
  assert.equal(heardBy(undefined, flow(1000), undefined, 1000), "sfu");
  assert.equal(heardBy("sfu", flow(1000), flow(1000), 1000), "sfu");
  assert.equal(heardBy("sfu", flow(1000), flow(3000), 3000), "mesh", "it dried up");
  assert.equal(heardBy("mesh", flow(3000, 2800), flow(3000), 3000), "mesh", "it has hardly begun again");
  assert.equal(heardBy("mesh", flow(4000, 2800), flow(4000), 4000), "sfu");
  assert.equal(heardBy("mesh", flow(4000, 3900), flow(1000), 4000), "sfu", "nothing else carries");
  assert.equal(heardBy("mesh", flow(0), flow(0), 9000), "mesh", "nobody speaks: nothing changes");
});

test("a flow that pauses for breath goes on, and one that dried up begins anew", () => {
  let flow = flowed(undefined, 0, 0);
  flow = flowed(flow, 50, 1000);
  flow = flowed(flow, 51, 2200);
  assert.deepEqual(flow, { packets: 51, since: 1000, last: 2200 });
  assert.equal(flowed(flow, 51, 5000), flow);
  assert.equal(flowed(flow, 60, 5000).since, 5000);
});

test("pictures go after ten poor seconds, come back after thirty good ones, and stay away the second time", () => {
  let line: Line = STRONG;
  let at = 0;
  const last = (seconds: number, poor: boolean) => {
    for (let second = 0; second <= seconds; second += 1) line = fold(line, poor, at + second * 1000);
    at += seconds * 1000;
  };
  last(9, true);
  last(1, false);
  last(9, true);
  assert.equal(line.weak, false, "nine seconds, twice, are not ten");
  last(10, true);
  assert.deepEqual([line.weak, line.held], [true, false]);
  last(29, false);
  assert.equal(line.weak, true);
  last(30, false);
  assert.equal(line.weak, false);
  last(11, true);
  assert.deepEqual([line.weak, line.held], [true, true]);
  last(300, false);
  assert.equal(line.weak, true, "until somebody taps");
  assert(isPoor({ poor: false, loss: 0.06 }) && isPoor({ poor: true, loss: 0 }));
  assert(!isPoor({ poor: false, loss: 0.05 }));
});

const WEAK: Line = { weak: true, held: false, falls: 1, turning: null };

test("a line called weak by a media server that is gone is not called so for ever", () => {
  const outside = { quiet: false, inside: false, well: false, poor: true };
  for (const held of [false, true]) {
    let line: Line = { ...WEAK, held };
    for (let at = 0; at < 30_000; at += 500) line = felt(line, outside, at);
    assert.deepEqual([line.weak, line.held], [true, held], "no pictures at once, where there were none");
    line = felt(line, outside, 30_000);
    assert.deepEqual([line.weak, line.held], [false, false]);
    assert.deepEqual(felt(line, outside, 90_000), line, "and so it stays");
  }
});

test("on the phone and in writing no line is weak; while the media server says nothing it stays as it was", () => {
  const silent = { quiet: false, inside: true, well: false, poor: false };
  assert.equal(felt(WEAK, { ...silent, quiet: true }, 0), STRONG);
  assert.equal(felt(WEAK, silent, 900_000), WEAK);
});
