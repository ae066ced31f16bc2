// Checks what a visitor's browser says of its sound in a rehearsal.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { View } from "../wire.gen.ts";
import { followDrills, mayLink, silencedSince, staged } from "./staged.ts";

function at(
  rung: string,
  faults: readonly (readonly [string, string | null])[],
  own: string | null = null,
): View {
  const broken = faults.map(([fault, person]) => ({ fault, person }));
  const session = { status: "open" };
  return { session, me: { id: "me", rung: own }, ladder: { rung, broken } } as unknown as View;
}

test("nothing is broken: all is heard", () => {
  assert.deepEqual(staged(at("sfu", [])), { rung: "sfu", flowing: true, quality: "good" });
});

test("a stopped video server silences those it carries, and nobody on direct links", () => {
  assert.equal(staged(at("sfu", [["video", null]])).flowing, false);
  assert.equal(staged(at("mesh", [["video", null]])).flowing, true);
  assert.equal(staged(at("mesh", [["video", null], ["sound", null]])).flowing, false); // biome-ignore format: pairs
  assert.equal(staged(at("text", [["video", null], ["sound", null]])).flowing, true); // biome-ignore format: pairs
});

test("another person's network is theirs", () => {
  assert.equal(staged(at("sfu", [["network", "luc"]])).flowing, true);
  assert.equal(staged(at("sfu", [["network", "me"]])).flowing, false);
});

test("real people of a rehearsal hear one another unless a drill struck, once the doors are open", () => {
  assert(mayLink(at("sfu", [])));
  assert(!mayLink(at("sfu", [["network", "me"]])));
  assert(!mayLink(at("mesh", [["sound", null]])));
  const early = at("sfu", []);
  assert(!mayLink({ ...early, session: { ...early.session, status: "planned" } }));
});

test("the silence is counted from its first moment until it is over", () => {
  followDrills(at("sfu", [["video", null]]), 1000);
  followDrills(at("sfu", [["video", null]]), 2000);
  assert.equal(silencedSince.value, 1000);
  followDrills(at("mesh", [["video", null]]), 3000);
  assert.equal(silencedSince.value, null);
});
