// Checks that nothing typed is lost: kept at every key, saved at rest, forgotten only when the server has it.
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Drafts } from "./drafts.ts";
import { openShelf, type Shelf } from "./storage.ts";

const flushed = () => new Promise<void>((resolve) => setImmediate(resolve));

function shelfOf(map: Map<string, string>): Shelf {
  return {
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
  };
}

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

test("keys are kept at once and sent when the hand rests", async () => {
  const kept = new Map<string, string>();
  const sent: string[] = [];
  const drafts = new Drafts(
    shelfOf(kept),
    "s",
    async (_entry, _kind, draft) => ({ ok: sent.push(draft.text) > 0 }),
    () => {},
  );
  drafts.edit("e", "note", { text: "b", fields: {} });
  drafts.edit("e", "note", { text: "bo", fields: {} });
  assert.equal(sent.length, 0);
  assert.match(kept.get("ronde:s:e") ?? "", /bo/);
  mock.timers.tick(800);
  await flushed();
  assert.deepEqual(sent, ["bo"]);
  assert.equal(drafts.find("e"), null);
  assert.equal(kept.size, 0);
});

test("what is typed while a text is being saved is not forgotten", async () => {
  const kept = new Map<string, string>();
  let answer: (said: { ok: boolean }) => void = () => {};
  const drafts = new Drafts(
    shelfOf(kept),
    "s",
    () => new Promise((resolve) => (answer = resolve)),
    () => {},
  );
  drafts.edit("e", "note", { text: "un", fields: {} });
  mock.timers.tick(800);
  drafts.edit("e", "note", { text: "un deux", fields: {} });
  answer({ ok: true });
  await flushed();
  assert.equal(drafts.find("e")?.text, "un deux");
});

test("a refused text stays where it was typed, with the reason", async () => {
  const drafts = new Drafts(
    shelfOf(new Map()),
    "s",
    async () => ({ ok: false, say: "Trois suffisent." }),
    () => {},
  );
  drafts.edit("e", "action", { text: "pas", fields: {} });
  mock.timers.tick(800);
  await flushed();
  assert.equal(drafts.find("e")?.text, "pas");
  assert.deepEqual(drafts.saving("e"), { state: "refused", say: "Trois suffisent." });
});

test("after a reload the words are there and go to the server", async () => {
  const kept = new Map<string, string>();
  const before = new Drafts(
    shelfOf(kept),
    "s",
    () => new Promise(() => {}),
    () => {},
  );
  before.edit("e", "note", { text: "presque perdu", fields: {} });
  const sent: string[] = [];
  const after = new Drafts(
    shelfOf(kept),
    "s",
    async (_entry, _kind, draft) => ({ ok: sent.push(draft.text) > 0 }),
    () => {},
  );
  assert.equal(after.find("e")?.text, "presque perdu");
  after.resume("e", "note");
  mock.timers.tick(800);
  await flushed();
  assert.deepEqual(sent, ["presque perdu"]);
});

test("two people on one computer do not read each other", () => {
  const kept = new Map<string, string>();
  new Drafts(
    shelfOf(kept),
    "s:awa",
    async () => ({ ok: true }),
    () => {},
  ).keep("e", { text: "à moi", fields: {} });
  assert.equal(
    new Drafts(
      shelfOf(kept),
      "s:luc",
      async () => ({ ok: true }),
      () => {},
    ).find("e"),
    null,
  );
});

test("a text keeps its name until a text by that name is saved", () => {
  const drafts = new Drafts(
    shelfOf(new Map()),
    "s",
    async () => ({ ok: true }),
    () => {},
  );
  const first = drafts.freshId("action", () => false);
  assert.equal(
    drafts.freshId("action", () => false),
    first,
  );
  assert.notEqual(
    drafts.freshId("action", (id) => id === first),
    first,
  );
});

test("a browser without storage keeps words in memory", () => {
  const shelf = openShelf(() => {
    throw new Error("refused");
  });
  shelf.setItem("a", "b");
  assert.equal(shelf.getItem("a"), "b");
});
