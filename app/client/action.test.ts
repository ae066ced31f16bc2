// Checks the one button: what it does for each person at each moment.
import assert from "node:assert/strict";
import { test } from "node:test";
import { actionOf, writesNow } from "./action.ts";
import type { View } from "./wire.gen.ts";

interface Here {
  status?: string;
  role?: string;
  may?: string[];
  writes?: Record<string, string>;
  hands?: string[];
  holder?: string | null;
  request?: object;
  ready?: boolean;
  rung?: string;
  round?: string[];
}

function at({
  status = "running",
  role = "consultant",
  may = [],
  writes = {},
  hands = [],
  holder = null,
  request = {},
  ready = false,
  rung = "sfu",
  round = [],
}: Here): View {
  return {
    session: { status },
    ladder: { rung },
    me: { id: "me", role, may, writes, order: [], interests: [], declined: false, ready },
    floor: { holder, since: null, hands, round },
    request: { entry: null, client: false, consultants: false, revision: 0, ...request },
    entries: {},
  } as unknown as View;
}

test("a consultant asks for the floor, after those who asked before", () => {
  assert.deepEqual(actionOf(at({ may: ["raise-hand"], hands: ["awa"] }), "in-turn"), {
    is: "raise",
    after: ["awa"],
  });
});

test("a raised hand can be lowered, and knows who comes before", () => {
  const view = at({ may: ["raise-hand", "lower-hand"], hands: ["awa", "me", "luc"] });
  assert.deepEqual(actionOf(view, "in-turn"), { is: "lower", after: ["awa"] });
});

test("whoever has the floor passes it on", () => {
  assert.equal(actionOf(at({ may: ["pass-floor", "raise-hand"], holder: "me" }), "round").is, "pass");
});

test("the client words the contract, then accepts it", () => {
  const client = { role: "client", may: ["accept-contract"], writes: { contract: "all" } };
  assert.equal(actionOf(at(client), "free").is, "word-contract");
  const worded = actionOf(at({ ...client, request: { entry: "e", revision: 2 } }), "free");
  assert.deepEqual(worded, { is: "accept", entry: "e", revision: 2 });
});

test("in silence one says when one has finished, or not yet after all", () => {
  assert.deepEqual(actionOf(at({ may: ["say-ready"] }), "silence"), { is: "ready", ready: false });
  assert.deepEqual(actionOf(at({ may: ["say-ready"], ready: true }), "silence"), {
    is: "ready",
    ready: true,
  });
});

test("a listening client has nothing to do but listen", () => {
  assert.equal(actionOf(at({ role: "client", may: ["write"] }), "in-turn").is, "none");
});

test("a subject is asked for while one is sought, not from a client who listens", () => {
  const writes = { subject: "all" };
  assert.equal(actionOf(at({ writes }), "free", [{ kind: "subject" }]).is, "propose");
  assert.equal(actionOf(at({ writes, role: "client" }), "free", [{ kind: "idea" }]).is, "none");
});

test("in writing the conversation has the buttons, and a turn needs no hand", () => {
  const writes = { speech: "all" };
  const mine = at({ rung: "text", writes, holder: "me", may: ["pass-floor", "raise-hand"] });
  assert.equal(actionOf(mine, "questions").is, "none");
  assert.equal(actionOf(at({ rung: "text", round: ["me"], may: ["raise-hand"] }), "round").is, "none");
  assert.equal(actionOf(at({ rung: "text", holder: "nadia", may: ["raise-hand"] }), "questions").is, "raise");
});

test("where all write together nobody waits for the floor", () => {
  assert.equal(actionOf(at({ rung: "text", may: ["say-ready", "raise-hand"] }), "in-turn").is, "none");
  const round = at({ rung: "text", may: ["raise-hand"], holder: "awa" });
  assert.equal(actionOf(round, "in-turn").is, "raise");
});

test("after the end there is one's own page", () => {
  assert.equal(actionOf(at({ status: "ended" }), "round").is, "after");
});

test("the table becomes a desk only when one writes in silence", () => {
  assert.equal(writesNow(at({ writes: { action: "author" } }), "silence"), true);
  assert.equal(writesNow(at({ writes: { action: "author" } }), "client"), false);
  assert.equal(writesNow(at({ writes: {} }), "silence"), false);
});
