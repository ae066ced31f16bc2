// Checks the catch-up card: who gets one, and which phases it names.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { View } from "../wire.gen.ts";
import { missed } from "./missed.ts";

const PLAN = ["opening", "expose", "clarification"].map((key) => ({ key }));

function at(index: number | null, usedMs = 0, status = "running"): View {
  return {
    session: { status },
    plan: PLAN,
    clock: { at: index, used_ms: usedMs, running_since: null },
  } as unknown as View;
}

test("a reload misses nothing", () => {
  assert.equal(missed({ at: 100_000, key: "expose" }, at(1), 110_000), null);
});

test("whoever was away for long is told which phases ended meanwhile", () => {
  assert.deepEqual(missed({ at: 0, key: "opening" }, at(2), 60_000), {
    back: true,
    keys: ["opening", "expose"],
  });
});

test("an absence within one phase names none", () => {
  assert.deepEqual(missed({ at: 0, key: "expose" }, at(1), 60_000), { back: true, keys: [] });
});

test("a step back leaves nothing to name", () => {
  assert.deepEqual(missed({ at: 0, key: "clarification" }, at(1), 60_000), { back: true, keys: [] });
});

test("whoever comes late is told what they missed; whoever comes in the first minute is not late", () => {
  assert.equal(missed(null, at(0, 20_000), 0), null);
  assert.deepEqual(missed(null, at(0, 90_000), 0), { back: false, keys: [] });
  assert.deepEqual(missed(null, at(2), 0), { back: false, keys: ["opening", "expose"] });
});

test("before the start and after the end nobody missed anything", () => {
  assert.equal(missed(null, at(null, 0, "open"), 0), null);
  assert.equal(missed(null, at(2, 0, "ended"), 0), null);
});
