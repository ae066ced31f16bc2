// Checks the conversation with the server: nothing is lost, nothing is said twice by mistake, every end has a reason.
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Core, type Link, patched } from "./core.ts";
import { FakeSocket } from "./fake_socket.ts";
import type { Pending } from "./storage.ts";
import type { View } from "./wire.gen.ts";

const view = { entries: { a: { id: "a" } }, floor: { holder: null } } as unknown as View;

interface Played {
  core: Core;
  links: { link: Link; why: string }[];
  kept: Map<string, Pending>;
  views: View[];
  socket: () => FakeSocket;
}

async function play(kept: Map<string, Pending> = new Map()): Promise<Played> {
  FakeSocket.opened = [];
  const links: Played["links"] = [];
  const views: View[] = [];
  let next = 0;
  const core = new Core({
    url: "ws://here/ws/s",
    lang: "fr",
    tab: "tab-1",
    open: () => new FakeSocket() as unknown as WebSocket,
    newId: () => `c${++next}`,
    outbox: {
      load: async () => [...kept.values()],
      put: async (pending) => void kept.set(pending.id, pending),
      remove: async (id) => void kept.delete(id),
    },
    listener: {
      view: (seen) => void views.push(seen),
      words: () => {},
      link: (link, why) => void links.push({ link, why }),
      waiting: () => {},
      signal: () => {},
    },
  });
  await core.start();
  return { core, links, kept, views, socket: () => FakeSocket.opened.at(-1) as FakeSocket };
}

function welcome(socket: FakeSocket, seq = 1, whole = true): void {
  socket.open();
  const whose = { you: "p", seq, epoch: "e", now: Date.now() };
  socket.say({ t: "welcome", ...whose, words: null, view: whole ? view : null });
}

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: 1_000_000 });
});

test("a command waits for the welcome, and is answered by its ack", async () => {
  const { core, socket } = await play();
  const answer = core.send({ type: "raise-hand" });
  assert.equal(socket().of("do").length, 0);
  welcome(socket());
  assert.deepEqual(socket().of("do"), [{ t: "do", id: "c1", type: "raise-hand" }]);
  socket().say({ t: "ack", id: "c1", seq: 2 });
  assert.deepEqual(await answer, { ok: true });
  core.stop();
});

test("a refusal brings its sentence", async () => {
  const { core, socket } = await play();
  welcome(socket());
  const answer = core.send({ type: "pass-floor" });
  socket().say({
    t: "refused",
    id: "c1",
    code: "not-your-turn",
    detail: {},
    say: "Pas encore.",
    retry: false,
  });
  assert.deepEqual(await answer, { ok: false, code: "not-your-turn", say: "Pas encore." });
  core.stop();
});

test("after a cut the page says hello with what it has, and unanswered commands go again with the same ids", async () => {
  const { core, socket, links } = await play();
  welcome(socket(), 7);
  void core.send({ type: "write", entry: "e", kind: "note", text: "mot" });
  socket().end(1006);
  assert.equal(links.at(-1)?.link, "reconnecting");
  mock.timers.tick(20_000);
  socket().open();
  assert.equal(socket().of("hello")[0]?.since, 7);
  socket().say({ t: "welcome", you: "p", seq: 7, epoch: "e", now: Date.now(), words: null, view: null });
  assert.equal(socket().of("do")[0]?.id, "c1");
  core.stop();
});

test("what belongs to a moment is not done a minute later; what was written is", async () => {
  const { core, socket } = await play();
  welcome(socket());
  socket().end(1006);
  const floor = core.send({ type: "give-floor", person: "x" });
  void core.send({ type: "write", entry: "e", kind: "note", text: "mot" });
  mock.timers.tick(60_000);
  welcome(socket(), 1, false);
  assert.deepEqual(
    socket()
      .of("do")
      .map((each) => each.type),
    ["write"],
  );
  assert.equal((await floor).ok, false);
  core.stop();
});

test("words left in the outbox by an earlier page are sent by this one", async () => {
  const pending: Pending = {
    id: "old",
    at: 1,
    command: { type: "write", entry: "e", kind: "note", text: "avant" },
  };
  const { core, socket, kept } = await play(new Map([["old", pending]]));
  welcome(socket());
  assert.equal(socket().of("do")[0]?.id, "old");
  socket().say({ t: "ack", id: "old", seq: 3 });
  assert.equal(kept.size, 0);
  core.stop();
});

test("a newer wording replaces one that was never sent", async () => {
  const { core, socket } = await play();
  void core.send({ type: "write", entry: "e", kind: "note", text: "m" });
  void core.send({ type: "write", entry: "e", kind: "note", text: "mot" });
  welcome(socket());
  assert.deepEqual(
    socket()
      .of("do")
      .map((each) => each.text),
    ["mot"],
  );
  core.stop();
});

test("a server that is busy is asked again with the same id", async () => {
  const { core, socket } = await play();
  welcome(socket());
  void core.send({ type: "raise-hand" });
  socket().say({ t: "refused", id: "c1", code: "busy", detail: {}, say: "", retry: true });
  mock.timers.tick(2_000);
  assert.deepEqual(
    socket()
      .of("do")
      .map((each) => each.id),
    ["c1", "c1"],
  );
  core.stop();
});

test("open elsewhere is the end here, until the person takes over", async () => {
  const { core, socket, links } = await play();
  welcome(socket());
  socket().end(4009);
  assert.deepEqual(links.at(-1), { link: "closed", why: "open-elsewhere" });
  const before = FakeSocket.opened.length;
  mock.timers.tick(60_000);
  assert.equal(FakeSocket.opened.length, before, "nobody fights over the seat");
  core.takeOver();
  socket().open();
  assert.equal(socket().of("hello")[0]?.take, true);
  core.stop();
});

test("a restart of the server is waited for", async () => {
  const { core, socket, links } = await play();
  welcome(socket());
  socket().end(1012);
  assert.deepEqual(links.at(-1), { link: "reconnecting", why: "restart" });
  const before = FakeSocket.opened.length;
  mock.timers.tick(20_000);
  assert.ok(FakeSocket.opened.length > before);
  core.stop();
});

test("a socket that says nothing for twelve seconds is given up", async () => {
  const { core, socket, links } = await play();
  welcome(socket());
  const silent = socket();
  mock.timers.tick(20_000);
  assert.equal(silent.readyState, 3);
  assert.ok(links.some((each) => each.link === "reconnecting"));
  core.stop();
});

test("a set replaces sections, adds entries and takes null ones away", () => {
  const next = patched(view, {
    "entries/a": null,
    "entries/b": { id: "b" } as never,
    floor: { holder: "p" } as never,
  });
  assert.deepEqual(Object.keys(next.entries), ["b"]);
  assert.equal(next.floor.holder, "p");
  assert.deepEqual(Object.keys(view.entries), ["a"], "the view before is not touched");
});

test("a server that went back in time is believed, and the page says so for a moment", async () => {
  const { core, links, socket, views } = await play();
  welcome(socket(), 40);
  socket().end(1012);
  mock.timers.tick(20_000);
  socket().open();
  const hello = socket().of("hello").at(-1);
  assert.deepEqual([hello?.since, hello?.epoch], [40, "e"]);
  welcome(socket(), 12);
  assert.deepEqual(links.at(-1), { link: "live", why: "restored" });
  assert.equal(views.length, 2);
  for (let step = 0; step < 6; step += 1) {
    mock.timers.tick(5_000);
    socket().say({ t: "pong", t0: Date.now(), now: Date.now() });
  }
  assert.deepEqual(links.at(-1), { link: "live", why: "" });
  core.stop();
});
