// Checks the clock as drawn: from granted, used and running since, never from counted ticks.
import assert from "node:assert/strict";
import { test } from "node:test";
import { minutesSeconds, Offset, read } from "./time.ts";

const clock = {
  at: 1,
  state: "running",
  granted_ms: 300_000,
  used_ms: 60_000,
  running_since: 1_000_000,
  reason: "",
  ends_at: 0,
  promised_end: 0,
  steps: 8,
};

test("a running phase counts from the instant it runs since", () => {
  const face = read(clock, 1_060_000);
  assert.equal(face.phase, "run");
  assert.equal(face.left, 180_000);
  assert.equal(face.gone, 0.4);
  assert.equal(face.last, 0.8);
});

test("the last minute, then a little more time", () => {
  assert.equal(read(clock, 1_190_000).phase, "last");
  const over = read(clock, 1_000_000 + 240_000 + 130_000);
  assert.equal(over.phase, "over");
  assert.equal(over.over, 130_000);
  assert.equal(over.gone, 1);
});

test("a paused clock does not move", () => {
  const paused = { ...clock, state: "paused", running_since: null };
  assert.deepEqual(read(paused, 2_000_000), read(paused, 9_000_000));
  assert.equal(read(paused, 2_000_000).left, 240_000);
});

test("before the first phase there is no time", () => {
  assert.equal(read({ ...clock, at: null, state: "before", running_since: null }, 5).phase, "before");
});

test("the offset comes from the fastest of the last eight round trips", () => {
  const offset = new Offset();
  offset.guess(1_000, 6_000);
  assert.equal(offset.ahead, 5_000);
  offset.learn(0, 400, 1_200); // slow, 1000 ahead
  offset.learn(0, 20, 510); // fast, 500 ahead
  assert.equal(offset.ahead, 500);
  for (let i = 0; i < 8; i++) offset.learn(0, 100, 850);
  assert.equal(offset.ahead, 800, "the fast trip is too old now");
});

test("two trips that cannot both be true mean that a clock was set: the older one is forgotten", () => {
  const offset = new Offset();
  assert.equal(offset.learn(0, 20, 510), false);
  assert.equal(offset.learn(0, 400, 700), false, "slower, but the same clocks");
  assert.equal(offset.ahead, 500);
  assert.equal(offset.learn(0, 100, 60_050), true, "a minute cannot hide in a trip of 100 ms");
  assert.equal(offset.ahead, 60_000);
});

test("a span is written in minutes and seconds", () => {
  assert.equal(minutesSeconds(521_000), "8:41");
  assert.equal(minutesSeconds(59_600), "1:00");
  assert.equal(minutesSeconds(3_723_000), "1:02:03");
});
