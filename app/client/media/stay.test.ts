// Whatever ends a stay in the media server's room, it is begun again with a new pass; only another window of the same person is left alone.
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { DisconnectReason, Room, RoomEvent } from "livekit-client";
import { Sfu } from "./sfu.ts";
import { Stay } from "./stay.ts";

type Name = keyof typeof DisconnectReason;

/** What follows each reason the media server, or livekit-client itself, gives for an end. */
const FOLLOWS: Readonly<Record<Name, "back" | "elsewhere">> = {
  UNKNOWN_REASON: "back",
  CLIENT_INITIATED: "back", // not by us: livekit-client leaves when a phone freezes the page
  DUPLICATE_IDENTITY: "elsewhere", // two windows would fight for ever
  SERVER_SHUTDOWN: "back",
  PARTICIPANT_REMOVED: "back", // whether there is a place, our server says with the next pass
  ROOM_DELETED: "back",
  STATE_MISMATCH: "back",
  JOIN_FAILURE: "back",
  MIGRATION: "back",
  SIGNAL_CLOSE: "back",
  ROOM_CLOSED: "back",
  USER_UNAVAILABLE: "back",
  USER_REJECTED: "back",
  SIP_TRUNK_FAILURE: "back",
  CONNECTION_TIMEOUT: "back",
  MEDIA_FAILURE: "back",
  AGENT_ERROR: "back",
};

let at = 0;
let refuses: Error | null = null;
const rooms: { readonly room: Room; readonly token: string }[] = [];

mock.method(performance, "now", () => at);
Object.defineProperty(Room.prototype, "connect", {
  set: () => {}, // livekit-client gives each room its own
  get(this: Room) {
    return async (_url: string, token: string) => {
      rooms.push({ room: this, token });
      if (refuses) throw refuses;
    };
  },
});

beforeEach(() => {
  refuses = null;
  rooms.length = 0;
});

/** A page that wants to be in the room: it says so twice a second, as the controller does. */
class Page {
  passes = 0;
  changes = 0;
  hasPlace = true;
  readonly stay = new Stay({
    pass: async () => {
      this.passes += 1;
      return this.hasPlace ? { url: "ws://media.test", token: `pass ${this.passes}` } : null;
    },
    onTrack: () => {},
    onScreen: () => {},
    onMuted: () => {},
    onChange: () => {
      this.changes += 1;
    },
  });

  async pass(ms: number): Promise<void> {
    for (const end = at + ms; at < end; ) {
      at += 500;
      await this.stay.enter();
    }
  }
}

/** A page inside, and the media server's room it is in. */
async function inside(): Promise<{ page: Page; room: Room }> {
  const page = new Page();
  await page.pass(500);
  assert.equal(page.stay.inside, true);
  return { page, room: rooms.at(-1)?.room as Room };
}

test("there is a word for every reason livekit-client knows", () => {
  const known = Object.keys(DisconnectReason).filter((name) => Number.isNaN(Number(name)));
  assert.deepEqual(Object.keys(FOLLOWS), known);
});

for (const [name, follows] of [...Object.entries(FOLLOWS), ["undefined", "back"]] as const)
  test(`${name}: ${follows === "back" ? "returns by itself, a moment later, with a new pass" : "waits for the person"}`, async () => {
    const { page, room } = await inside();
    room.emit(RoomEvent.Disconnected, name === "undefined" ? undefined : DisconnectReason[name as Name]);
    assert.equal(page.stay.inside, false, "the ladder takes over at once");
    assert.equal(page.stay.elsewhere, follows === "elsewhere");
    await page.pass(2500);
    assert.equal(page.passes, 1, "a server in trouble is not stormed");
    await page.pass(4000);
    if (follows === "back") {
      assert.deepEqual([page.passes, rooms.at(-1)?.token], [2, "pass 2"]);
      assert.notEqual(rooms.at(-1)?.room, room, "a new stay is a new room");
      assert.equal(page.stay.inside, true);
      return;
    }
    page.stay.hurry(); // the network is back, or the page is seen again
    await page.pass(600_000);
    assert.deepEqual([page.passes, page.stay.inside], [1, false], "however long it lasts");
    page.stay.rejoin();
    await page.pass(500);
    assert.deepEqual([page.passes, page.stay.inside, page.stay.elsewhere], [2, true, false]);
  });

test("what ends by our own wish ends once, and nothing follows", async () => {
  const { page, room } = await inside();
  page.stay.leave();
  const { changes } = page;
  room.emit(RoomEvent.Disconnected, DisconnectReason.CLIENT_INITIATED);
  room.emit(RoomEvent.Disconnected, DisconnectReason.DUPLICATE_IDENTITY);
  assert.deepEqual([page.changes, page.stay.elsewhere], [changes, false], "a stay that is over says nothing");
});

test("a refused pass is never shown twice", async () => {
  refuses = new Error("NotAllowed");
  const page = new Page();
  await page.pass(20_000);
  const tokens = rooms.map(({ token }) => token);
  assert(tokens.length >= 3 && tokens.length <= 7, `${tokens.length} tries in 20 s`);
  assert.equal(new Set(tokens).size, tokens.length);
  refuses = null;
  await page.pass(6500);
  assert.equal(page.stay.inside, true);
});

test("whoever has no place any more asks our server, and does not knock at the media server", async () => {
  const { page, room } = await inside();
  page.hasPlace = false;
  room.emit(RoomEvent.Disconnected, DisconnectReason.PARTICIPANT_REMOVED);
  await page.pass(30_000);
  assert.equal(rooms.length, 1);
  assert(page.passes >= 5 && page.passes <= 11, `${page.passes} questions in 30 s`);
});

test("a stay that is over calls no line poor, and its silence is not counted for who comes back from the phone", async () => {
  const { page } = await inside();
  page.stay.loss = 0.3;
  page.stay.poor = true;
  page.stay.leave();
  assert.deepEqual([page.stay.loss, page.stay.poor], [0, false]);
  at += 300_000;
  assert(page.stay.silent > 200_000);
  page.stay.afresh();
  assert.equal(page.stay.silent, 0);
  await page.stay.enter();
  assert.equal(page.stay.inside, true, "at once");
});

test("who comes back to a media server that does not answer is not kept waiting for long", async () => {
  const { page } = await inside();
  page.stay.leave();
  refuses = new Error("gone");
  at += 300_000;
  page.stay.afresh();
  await page.pass(8000);
  assert(page.stay.silent > 3000 && page.stay.silent < 8000, `silent for ${page.stay.silent} ms`);
});

test("a voice that is open and does not come is let go and asked for again, once", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const nothing = () => {};
  const sfu = new Sfu({
    onTrack: nothing,
    onScreen: nothing,
    onEnd: nothing,
    onMuted: nothing,
    onTrouble: nothing,
  });
  await sfu.enter({ url: "ws://media.test", token: "pass" });
  const asked: boolean[] = [];
  const voice = {
    kind: "audio",
    trackSid: "TR_luc",
    isMuted: false,
    isDesired: true,
    setSubscribed(on: boolean) {
      voice.isDesired = on;
      asked.push(on);
    },
  };
  const luc = { trackPublications: new Map([["TR_luc", voice]]) };
  Object.assign(rooms.at(-1)?.room as Room, { remoteParticipants: new Map([["luc", luc]]) });
  for (let second = 0; second <= 60; second += 2) {
    if (second === 10) assert.deepEqual(asked, [], "not too soon");
    await sfu.mend(second * 1000);
    context.mock.timers.tick(2000);
  }
  assert.deepEqual(asked, [false, true]);
});
