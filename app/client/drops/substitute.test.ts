// Checks who may take the place of a client who is away, and for which block.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { View } from "../wire.gen.ts";
import { substitution } from "./substitute.ts";

/** A troika in the last phase of its first block: the engine would now choose the client of the second. */
function harvest(presence: string, reserve: string | null = "luc"): View {
  return {
    session: { turn: 1, turns: 3 },
    seats: [
      { id: "awa", presence: "away" },
      { id: "luc", presence },
    ],
    entries: {
      s1: { id: "s1", kind: "subject", author: "awa" },
      s2: { id: "s2", kind: "subject", author: "luc" },
    },
    conduct: { reserve, cast_turn: 2 },
  } as unknown as View;
}

test("the reserve becomes the client of the block that runs, with their own subject", () => {
  assert.deepEqual(substitution(harvest("here")), {
    type: "choose-client",
    person: "luc",
    subject: "s2",
    reserve: null,
    turn: 1,
  });
});

test("a reserve who is not here is not offered, nor anybody where there is none", () => {
  for (const presence of ["away", "late", "expected", "gone"])
    assert.equal(substitution(harvest(presence)), null, presence);
  assert.equal(substitution(harvest("here", null)), null);
});
