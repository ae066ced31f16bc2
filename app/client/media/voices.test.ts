// Checks by which way each person is heard: one voice by one player, and no link given up that may be sounding.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { pictures } from "./state.ts";
import { Voices } from "./voices.ts";

const STILL = 3000;
const players: FakePlayer[] = [];

class FakePlayer {
  autoplay = false;
  srcObject: FakeStream | null = null;
  constructor() {
    players.push(this);
  }
  async play(): Promise<void> {}
}

class FakeStream {
  readonly #tracks: readonly object[];
  constructor(tracks: readonly object[]) {
    this.#tracks = tracks;
  }
  getTracks(): readonly object[] {
    return this.#tracks;
  }
}

/** One way by which somebody's sound or picture comes: as many packets as the test says. */
class Way {
  readonly track = { muted: false, readyState: "live" } as unknown as MediaStreamTrack;
  packets = 0;
  /** Until this is kept the browser gives no count. */
  counting: Promise<void> = Promise.resolve();
  readonly receiver = {
    getStats: async () => {
      await this.counting;
      return new Map([["in", { type: "inbound-rtp", packetsReceived: this.packets }]]);
    },
    getSynchronizationSources: () => [],
  } as unknown as RTCRtpReceiver;
}

let voices: Voices;

beforeEach(() => {
  Object.assign(globalThis, { Audio: FakePlayer, MediaStream: FakeStream });
  players.length = 0;
  pictures.value = new Map();
  voices = new Voices("me");
});

afterEach(() => voices.close());

/** The tracks that are heard now. */
const heard = (): unknown[] => players.map((player) => player.srcObject?.getTracks()[0]).filter(Boolean);

function comes(by: "sfu" | "mesh", kind: "audio" | "video" = "audio", person = "luc"): Way {
  const way = new Way();
  voices.arrive(by, person, kind, way.track, way.receiver);
  return way;
}

/** Lets packets come by some ways while both are counted, twice a second. */
async function flow(ways: readonly Way[], from: number, until: number): Promise<void> {
  for (let now = from; now <= until; now += 500) {
    for (const way of ways) way.packets += 25;
    await voices.measure(true, now);
  }
}

test("a voice is heard by its direct link until the media server has carried it for a moment, by one player", async () => {
  const mesh = comes("mesh");
  await voices.measure(false, 0);
  const sfu = comes("sfu");
  for (let now = 500; now <= 1500; now += 500) {
    await flow([mesh, sfu], now, now);
    assert.deepEqual(heard(), [mesh.track]);
    assert.deepEqual(voices.direct(), ["luc"]);
  }
  await flow([mesh, sfu], 2000, 2500);
  assert.deepEqual(heard(), [sfu.track]);
  assert.deepEqual(voices.direct(), []);
});

test("while others are counted, a link that is not heard any more by the choice is heard still and kept", async () => {
  const [mesh, awa] = [comes("mesh"), comes("mesh", "audio", "awa")];
  await voices.measure(false, 0);
  const sfu = comes("sfu");
  await flow([mesh, sfu, awa], 500, 1500);
  for (const way of [mesh, sfu, awa]) way.packets += 25;
  let counted = () => {};
  awa.counting = new Promise((resolve) => {
    counted = resolve;
  });
  const measuring = voices.measure(true, 2000);
  await new Promise((resolve) => setTimeout(resolve)); // luc is counted, awa is not
  assert.deepEqual([heard()[0], voices.direct()[0]], [mesh.track, "luc"]);
  counted();
  await measuring;
  assert.deepEqual([heard()[0], voices.direct()], [sfu.track, ["awa"]]);
});

test("a link that nobody has counted yet, or only once, may be sounding", async () => {
  const mesh = comes("mesh");
  await voices.measure(false, 0); // one way only: nothing is counted
  comes("sfu");
  assert.deepEqual(voices.direct(), ["luc"], "the page stood still before it could count");
  mesh.packets = 400;
  await voices.measure(true, 10_000); // the first count says how many came, not that they come
  assert.deepEqual(voices.direct(), ["luc"]);
});

test("a link that brought nothing for three seconds is kept no longer", async () => {
  const mesh = comes("mesh");
  await voices.measure(false, 0);
  comes("sfu");
  await flow([mesh], 500, 1000);
  await voices.measure(true, 1000 + STILL - 1);
  assert.deepEqual(voices.direct(), ["luc"]);
  await voices.measure(true, 1000 + STILL);
  assert.deepEqual(voices.direct(), []);
});

test("a page that stood still itself takes nobody for silent before it has counted again", async () => {
  const mesh = comes("mesh");
  await voices.measure(false, 0);
  comes("sfu");
  await flow([mesh], 500, 1000);
  mesh.packets += 250; // five seconds, in which the page was not let to look
  assert.deepEqual(voices.direct(), ["luc"]);
  const counting = voices.measure(true, 6000);
  assert.deepEqual(voices.direct(), ["luc"], "nor while it counts");
  await counting;
  assert.deepEqual(voices.direct(), ["luc"]);
});

test("when the media server brings nothing, whoever has an open link is heard by it at once", async () => {
  const [sfu, mesh] = [comes("sfu"), comes("mesh")];
  assert.deepEqual(heard(), [sfu.track]);
  voices.turnTo(["luc", "awa"]);
  assert.deepEqual(heard(), [mesh.track]);
  voices.drop("mesh");
  assert.deepEqual(heard(), [sfu.track]);
  voices.drop("sfu");
  assert.deepEqual(heard(), []);
});

test("a picture that stands still is taken from the table", async () => {
  const mesh = comes("mesh", "video");
  assert.deepEqual([...pictures.value.keys()], ["luc"]);
  const now = performance.now();
  await voices.measure(false, now - 2 * STILL);
  mesh.packets = 30;
  await voices.measure(false, now - STILL);
  assert.deepEqual([...pictures.value.keys()], []);
});
