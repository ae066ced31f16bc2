// Two to four browsers link directly, whoever begins, however slow they are, whatever is lost on the way.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type FakePeer, World } from "./fake_peers.ts";
import { Mesh, type Signal } from "./mesh.ts";

const SEEDS = Array.from({ length: 60 }, (_, seed) => seed + 1);

/** Pages at a table: signals arrive in order, later, or not at all while a page's socket is lost. */
class Room {
  readonly world: World;
  readonly pages = new Map<string, Mesh>();
  readonly lost = new Set<string>();
  /** What our server says of the relays now. */
  relays: RTCConfiguration = {};
  readonly #arrival = new Map<string, number>();

  constructor(seed: number) {
    this.world = new World(seed);
    globalThis.RTCPeerConnection = this.world.connection;
  }

  open(me: string): Mesh {
    const mesh: Mesh = new Mesh(
      {
        me,
        now: () => this.world.now,
        send: (to, signal) => {
          if (this.pages.get(me) === mesh) this.#send(me, to, signal);
        },
        onTrack: () => {},
        onChange: () => {},
      },
      () => this.relays,
    );
    this.pages.set(me, mesh);
    const tend = () => {
      if (this.pages.get(me) !== mesh) return;
      mesh.tend();
      this.world.after(500, tend);
    };
    this.world.after(500 * this.world.chance(), tend);
    return mesh;
  }

  /** A page is thrown away without a word. */
  crash(me: string): void {
    this.pages.delete(me);
  }

  isLinked(one: string, other: string): boolean {
    return [
      [one, other],
      [other, one],
    ].every(([from, to]) => this.pages.get(from as string)?.open.includes(to as string));
  }

  #send(from: string, to: string, signal: Signal): void {
    if (this.lost.has(from) || this.lost.has(to)) return;
    const way = `${from} ${to}`;
    const at = Math.max(this.world.now + 20 + this.world.chance() * 250, this.#arrival.get(way) ?? 0);
    this.#arrival.set(way, at);
    const copy = JSON.parse(JSON.stringify(signal)) as Signal;
    this.world.after(at - this.world.now, () => {
      if (!this.lost.has(to)) this.pages.get(to)?.hear(from, copy);
    });
  }
}

const living = (peers: readonly FakePeer[]) => peers.filter((peer) => peer.connectionState !== "closed");

test("whoever wants first, both are linked once, within seconds", async () => {
  for (const seed of SEEDS) {
    const room = new Room(seed);
    const [awa, luc] = [room.open("awa"), room.open("luc")];
    room.world.after(room.world.chance() * 600, () => awa.want(["luc"]));
    room.world.after(room.world.chance() * 600, () => luc.want(["awa"]));
    await room.world.pass(6000);
    assert(room.isLinked("awa", "luc"), `seed ${seed}`);
    assert.equal(living(room.world.peers).length, 2, `seed ${seed}`);
  }
});

test("one who wants is enough, and when nobody wants any more the link is let go", async () => {
  for (const seed of SEEDS)
    for (const [one, other] of [
      ["awa", "luc"],
      ["luc", "awa"],
    ] as const) {
      const room = new Room(seed);
      const [wanting, asked] = [room.open(one), room.open(other)];
      wanting.want([other]);
      await room.world.pass(6000);
      assert(room.isLinked(one, other), `seed ${seed}`);
      assert.deepEqual(asked.people, [one]);
      wanting.want([]);
      await room.world.pass(2000);
      assert.equal(living(room.world.peers).length, 0, `seed ${seed}`);
      assert.deepEqual(asked.people, []);
    }
});

test("four who lose the media server at about the same time are all linked with each other", async () => {
  const people = ["awa", "ines", "luc", "noah"];
  for (const seed of SEEDS) {
    const room = new Room(seed);
    for (const me of people) {
      const mesh = room.open(me);
      for (const other of people) if (other !== me) mesh.greet(other);
    }
    await room.world.pass(2000);
    for (const [me, mesh] of room.pages)
      room.world.after(room.world.chance() * 2000, () => mesh.want(people.filter((one) => one !== me)));
    await room.world.pass(8000);
    for (const one of people)
      for (const other of people)
        if (one < other) assert(room.isLinked(one, other), `${one} ${other}, seed ${seed}`);
    assert.equal(living(room.world.peers).length, 12, `seed ${seed}`);
  }
});

test("a link that one side still wants is not broken by the other", async () => {
  const room = new Room(7);
  const [awa, luc] = [room.open("awa"), room.open("luc")];
  awa.want(["luc"]);
  luc.want(["awa"]);
  await room.world.pass(4000);
  const before = living(room.world.peers);
  awa.want([]);
  await room.world.pass(20_000);
  assert.deepEqual(living(room.world.peers), before);
  luc.want([]);
  await room.world.pass(2000);
  assert.equal(living(room.world.peers).length, 0);
});

test("signals that were lost are made up for", async () => {
  for (const seed of SEEDS) {
    const room = new Room(seed);
    const [awa, luc] = [room.open("awa"), room.open("luc")];
    awa.want(["luc"]);
    luc.want(["awa"]);
    const away = room.world.chance() < 0.5 ? "awa" : "luc";
    room.world.after(room.world.chance() * 1500, () => room.lost.add(away));
    await room.world.pass(5000);
    room.lost.delete(away);
    room.pages.get(away)?.again();
    await room.world.pass(15_000);
    assert(room.isLinked("awa", "luc"), `seed ${seed}`);
  }
});

test("a page that was loaded again is linked again, and its old link is let go", async () => {
  for (const seed of SEEDS)
    for (const again of ["awa", "luc"]) {
      const room = new Room(seed);
      room.open("awa").want(["luc"]);
      room.open("luc").want(["awa"]);
      await room.world.pass(6000);
      const ghosts = living(room.world.peers).length / 2; // the crashed page's end, which nobody closes
      room.crash(again);
      await room.world.pass(300);
      room.open(again).want([again === "awa" ? "luc" : "awa"]);
      await room.world.pass(6000);
      assert(room.isLinked("awa", "luc"), `${again}, seed ${seed}`);
      assert.equal(living(room.world.peers).length, 2 + ghosts, `${again}, seed ${seed}`);
    }
});

test("somebody who asked and then vanished is not linked for ever", async () => {
  const room = new Room(3);
  room.open("awa").want(["luc"]);
  const luc = room.open("luc");
  await room.world.pass(5000);
  assert.deepEqual(luc.people, ["awa"]);
  room.crash("awa");
  await room.world.pass(40_000);
  assert.deepEqual(luc.people, []);
});

test("a path that is lost is sought again, and a link that stays lost is begun anew", async () => {
  for (const seed of SEEDS) {
    const room = new Room(seed);
    room.open("awa").want(["luc"]);
    room.open("luc").want(["awa"]);
    await room.world.pass(6000);
    const [one, other] = living(room.world.peers) as [FakePeer, FakePeer];
    one.lose();
    other.lose();
    await room.world.pass(8000);
    assert(room.isLinked("awa", "luc"), `new paths, seed ${seed}`);
    const [first, second] = living(room.world.peers) as [FakePeer, FakePeer];
    room.world.cut.add(first); // no new path between these two ever works
    first.lose();
    second.lose();
    await room.world.pass(25_000);
    assert(room.isLinked("awa", "luc"), `a new life, seed ${seed}`);
    assert(!living(room.world.peers).includes(first));
  }
});

test("new paths and new lives are sought by the relays that hold then, at both ends", async () => {
  for (const seed of SEEDS) {
    const room = new Room(seed);
    const relays = (username: string) => ({ iceServers: [{ urls: "turn:relay.example.org", username }] });
    const sought = () => living(room.world.peers).map((peer) => peer.sought);
    room.relays = relays("1:first");
    room.open("awa").want(["luc"]);
    room.open("luc").want(["awa"]);
    await room.world.pass(6000);
    assert.deepEqual(sought(), [room.relays, room.relays], `seed ${seed}`);
    room.relays = relays("2:second");
    living(room.world.peers)[seed % 2]?.lose(); // the other end notices nothing, and is only asked
    await room.world.pass(8000);
    assert(room.isLinked("awa", "luc"), `seed ${seed}`);
    assert.deepEqual(sought(), [room.relays, room.relays], `new paths, seed ${seed}`);
    room.relays = relays("3:third");
    const [first] = living(room.world.peers) as [FakePeer];
    room.world.cut.add(first);
    for (const peer of living(room.world.peers)) peer.lose();
    await room.world.pass(25_000);
    assert.deepEqual(sought(), [room.relays, room.relays], `a new life, seed ${seed}`);
  }
});

test("nobody offers a link to someone who was never heard", async () => {
  const room = new Room(1);
  const luc = room.open("luc");
  luc.want(["awa"]);
  await room.world.pass(30_000);
  assert.equal(room.world.peers.length, 0);
  assert(!luc.knows("awa"));
});

test("a track given before, during or after linking goes out, and pictures only to who takes them", async () => {
  const room = new Room(5);
  const [awa, luc] = [room.open("awa"), room.open("luc")];
  const [voice, face] = [{ kind: "audio" }, { kind: "video" }] as unknown as MediaStreamTrack[];
  const out = (peer: FakePeer) => peer.getTransceivers().map(({ sender }) => sender.track);
  await luc.give("audio", voice as MediaStreamTrack);
  luc.want(["awa"]);
  await room.world.pass(4000);
  const [first] = living(room.world.peers) as [FakePeer];
  assert.deepEqual(out(first), [voice, null]);
  await luc.give("video", face as MediaStreamTrack);
  assert.deepEqual(out(first), [voice, face]);
  awa.takePictures(false);
  await room.world.pass(1000);
  assert.deepEqual(out(first), [voice, null]);
  awa.takePictures(true);
  await room.world.pass(1000);
  assert.deepEqual(out(first), [voice, face]);
});
