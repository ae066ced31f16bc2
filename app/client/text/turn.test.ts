import assert from "node:assert/strict";
import { test } from "node:test";
import type { View } from "../wire.gen.ts";
import { turnOf } from "./turn.ts";

interface Case {
  rung?: string;
  own?: string | null;
  role?: string;
  holder?: string | null;
  round?: string[];
  hands?: string[];
  writes?: string;
  ready?: string[];
  status?: string;
}

/** A table of Nadia the client, Awa, Karim and me; Hélène facilitates. */
function table({ rung = "text", own = null, role = "consultant", ...at }: Case): View {
  const seat = (id: string, of: string) => ({
    id,
    name: id,
    role: of,
    presence: "here",
    rung: id === "me" && own ? own : rung,
    ready: at.ready?.includes(id) ?? false,
  });
  return {
    session: { status: at.status ?? "running" },
    me: { id: "me", role, rung: own, writes: at.writes ? { speech: at.writes } : {} },
    ladder: { rung },
    request: { person: "nadia" },
    floor: { holder: at.holder ?? null, round: at.round ?? [], hands: at.hands ?? [] },
    seats: [
      seat("helene", "facilitator"),
      seat("nadia", "client"),
      seat("awa", "consultant"),
      seat("karim", "consultant"),
      seat("me", role),
    ],
  } as unknown as View;
}

test("with sound there is no turn in writing", () => {
  assert.deepEqual(turnOf(table({ rung: "sfu" }), "round"), { is: "none" });
});

test("in a round one knows who comes before", () => {
  const view = table({ holder: "awa", round: ["karim", "me"] });
  assert.deepEqual(turnOf(view, "round"), { is: "theirs", who: "awa", before: ["awa", "karim"] });
});

test("in a round my turn says so", () => {
  const view = table({ holder: "me", round: ["karim"], writes: "all" });
  assert.deepEqual(turnOf(view, "round"), { is: "mine", what: "round" });
});

test("after the round one may add a word", () => {
  assert.deepEqual(turnOf(table({ writes: "all" }), "round"), { is: "mine", what: "last" });
});

test("while the client tells the story the others read", () => {
  assert.deepEqual(turnOf(table({}), "client"), { is: "theirs", who: "nadia", before: null });
  assert.deepEqual(turnOf(table({ role: "client", writes: "all" }), "client"), {
    is: "mine",
    what: "story",
  });
});

test("one asks, the client answers, a raised hand waits", () => {
  assert.deepEqual(turnOf(table({ writes: "all" }), "questions"), { is: "mine", what: "question" });
  assert.deepEqual(turnOf(table({ holder: "nadia", hands: ["awa", "me"] }), "questions"), {
    is: "theirs",
    who: "nadia",
    before: ["awa"],
  });
  const client = table({ role: "client", holder: "me", writes: "all" });
  assert.deepEqual(turnOf(client, "questions"), { is: "mine", what: "answer" });
});

test("ideas are written together and counted without names", () => {
  const writing = turnOf(table({ writes: "revealed", ready: ["awa"] }), "in-turn");
  assert.deepEqual(writing, { is: "together", mine: "write", done: 1, all: 3 });
  const done = turnOf(table({ ready: ["awa", "me"] }), "in-turn");
  assert.deepEqual(done, { is: "together", mine: "done", done: 2, all: 3 });
  const client = turnOf(table({ role: "client", ready: ["awa"] }), "in-turn");
  assert.deepEqual(client, { is: "together", mine: "read", done: 1, all: 2 });
});

test("in silence nobody is asked for words", () => {
  assert.deepEqual(turnOf(table({}), "silence"), { is: "none" });
});

test("one person who writes among voices follows the floor", () => {
  const view = table({ rung: "sfu", own: "text", holder: "awa" });
  assert.deepEqual(turnOf(view, "questions"), { is: "theirs", who: "awa", before: null });
  assert.deepEqual(turnOf(table({ rung: "sfu", own: "text", writes: "all" }), "in-turn"), {
    is: "mine",
    what: "free",
  });
});

test("who facilitates may write at any time", () => {
  const view = table({ role: "facilitator", writes: "all" });
  assert.deepEqual(turnOf(view, "client"), { is: "mine", what: "aside" });
});
