import assert from "node:assert/strict";
import { test } from "node:test";
import type { View, Words } from "../wire.gen.ts";
import { goOn, phaseAt } from "./go_on.ts";

const MINUTE = 60_000;

/** Three phases of ten minutes; the first runs since noon, which is 0. */
function seen(changed: Partial<View> = {}): View {
  return {
    session: { status: "running" },
    plan: ["expose", "clarification", "synthesis"].map((phase, n) => ({
      key: phase,
      phase,
      granted_ms: 10 * MINUTE,
      starts_at: n * 10 * MINUTE,
      done: false,
    })),
    clock: { at: 0, state: "running", granted_ms: 10 * MINUTE, used_ms: 0, running_since: 0 },
    floor: { holder: "awa", since: 0, hands: ["me"], round: [] },
    seats: [{ id: "me", hand: 1, ready: true }],
    me: { id: "me", role: "scribe", may: ["write", "raise-hand", "erase"], writes: { note: "author" } },
    ...changed,
  } as unknown as View;
}

const words = {
  phases: {
    clarification: { captures: [{ kind: "question", sight: "all", by: ["consultant"] }] },
    synthesis: {
      captures: [
        { kind: "action", sight: "author", by: ["client"] },
        { kind: "learning", sight: "author", by: ["consultant", "observer"] },
      ],
    },
  },
} as unknown as Words;

test("the phase that runs goes on with its speaker; only what can wait is offered", () => {
  const next = goOn(seen(), words, 5 * MINUTE);
  assert.equal(next.clock.at, 0);
  assert.equal(next.floor.holder, "awa");
  assert.deepEqual(next.me.may, ["write", "erase"]);
});

test("at its hour the next phase begins, with its time and what is written in it", () => {
  const next = goOn(seen(), words, 21 * MINUTE);
  assert.equal(next.clock.at, 2);
  assert.equal(next.clock.running_since, 20 * MINUTE);
  assert.equal(next.floor.holder, null);
  assert.deepEqual(next.me.writes, { note: "author", learning: "author" });
  assert.deepEqual(
    next.plan.map((each) => each.done),
    [true, true, false],
  );
});

test("after the last phase its clock runs over; it never goes back", () => {
  assert.equal(phaseAt(seen(), 500 * MINUTE), 2);
  const later = seen({ clock: { ...seen().clock, at: 2, running_since: 0 } });
  assert.equal(phaseAt(later, 5 * MINUTE), 2);
});

test("a clock that stands still stays, and a session that has not begun does not begin", () => {
  const paused = seen({ clock: { ...seen().clock, state: "paused", running_since: null } });
  assert.equal(phaseAt(paused, 60 * MINUTE), 0);
  const open = seen({ session: { ...seen().session, status: "open" }, clock: { ...seen().clock, at: null } });
  assert.equal(phaseAt(open, 60 * MINUTE), null);
});
