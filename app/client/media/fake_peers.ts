/** Peer connections without a network, for tests: slow, in a time of their own, and as strict about states as browsers are. */

type Task = { readonly at: number; readonly order: number; readonly run: () => void };

/** A time that goes on only when the test says so, and chance that a number repeats. */
export class World {
  now = 0;
  readonly peers: FakePeer[] = [];
  /** Pairs of peers between which nothing passes any more, whatever they negotiate. */
  readonly cut = new Set<FakePeer>();
  #tasks: Task[] = [];
  #order = 0;
  #seed: number;

  constructor(seed: number) {
    this.#seed = seed * 2654435761 + 1;
  }

  /** A number from 0 to 1 that looks like chance. */
  chance(): number {
    this.#seed = (Math.imul(this.#seed ^ (this.#seed >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((this.#seed ^ (this.#seed >>> 13)) >>> 0) / 2 ** 32;
  }

  after(ms: number, run: () => void): void {
    this.#order += 1;
    this.#tasks.push({ at: this.now + ms, order: this.#order, run });
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Lets time pass; what is promised happens between two tasks. */
  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    await settled();
    for (;;) {
      const [next] = this.#tasks.sort((a, b) => a.at - b.at || a.order - b.order);
      if (!next || next.at > end) break;
      this.#tasks.shift();
      this.now = next.at;
      next.run();
      await settled();
    }
    this.now = end;
  }

  /** The class that stands for RTCPeerConnection. */
  get connection(): typeof RTCPeerConnection {
    const world = this;
    return class extends FakePeer {
      constructor(configuration: RTCConfiguration) {
        super(world, configuration);
      }
    } as unknown as typeof RTCPeerConnection;
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
}

interface Words {
  readonly peer: number;
  readonly ice: number;
}

const read = (desc: RTCSessionDescriptionInit | null): Words | null =>
  desc?.sdp ? (JSON.parse(desc.sdp) as Words) : null;

class FakeSender {
  track: MediaStreamTrack | null = null;

  async replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    this.track = track;
  }

  getParameters(): { encodings: object[] } {
    return { encodings: [{}] };
  }

  async setParameters(): Promise<void> {}
}

interface FakeTransceiver {
  readonly sender: FakeSender;
  readonly receiver: { readonly track: { readonly kind: string } };
  direction: string;
}

export class FakePeer {
  signalingState: RTCSignalingState = "stable";
  connectionState: RTCPeerConnectionState = "new";
  localDescription: (RTCSessionDescriptionInit & { toJSON(): RTCSessionDescriptionInit }) | null = null;
  remoteDescription: RTCSessionDescriptionInit | null = null;
  onnegotiationneeded: (() => void) | null = null;
  onicecandidate: ((event: { candidate: { toJSON(): RTCIceCandidateInit } }) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  ontrack: ((event: { track: { kind: string }; receiver: object }) => void) | null = null;
  readonly number: number;
  /** With what relays paths were looked for, the last time. */
  sought: RTCConfiguration | null = null;
  readonly #world: World;
  #configuration: RTCConfiguration;
  #before: { local: FakePeer["localDescription"]; remote: RTCSessionDescriptionInit | null } | null = null;
  #ice = 0;
  #fresh = true;
  #needed = false;
  #reached = new Set<number>();
  #transceivers: FakeTransceiver[] = [];
  #chain: Promise<unknown> = Promise.resolve();

  constructor(world: World, configuration: RTCConfiguration) {
    this.#world = world;
    this.#configuration = configuration;
    this.number = world.peers.push(this) - 1;
  }

  addTransceiver(kind: string): FakeTransceiver {
    const made = { sender: new FakeSender(), receiver: { track: { kind } }, direction: "sendrecv" };
    this.#transceivers.push(made);
    this.#need();
    return made;
  }

  getTransceivers(): FakeTransceiver[] {
    return this.#transceivers;
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.#configuration = configuration;
  }

  restartIce(): void {
    this.#fresh = true;
    this.#need();
  }

  setLocalDescription(): Promise<void> {
    return this.#slowly(() => {
      const type = this.signalingState === "have-remote-offer" ? "answer" : "offer";
      if (this.#fresh || type === "offer") this.#ice += this.#fresh ? 1 : 0;
      this.#fresh = false;
      this.#needed = false;
      if (type === "offer") this.#before = { local: this.localDescription, remote: this.remoteDescription };
      const sdp = JSON.stringify({ peer: this.number, ice: this.#ice } satisfies Words);
      this.localDescription = { type, sdp, toJSON: () => ({ type, sdp }) };
      this.signalingState = type === "offer" ? "have-local-offer" : "stable";
      this.#gather(this.#ice);
      this.#try();
    });
  }

  setRemoteDescription(desc: RTCSessionDescriptionInit): Promise<void> {
    return this.#slowly(() => {
      if (desc.type === "answer" && this.signalingState !== "have-local-offer")
        throw new Error(`answer in ${this.signalingState}`);
      if (desc.type === "offer" && this.signalingState === "have-local-offer") {
        this.localDescription = this.#before?.local ?? null; // browsers take their own offer back
        this.#needed = true;
      }
      const before = read(this.remoteDescription);
      const after = read(desc);
      if (before && after && before.peer === after.peer && before.ice !== after.ice && desc.type === "offer")
        this.#fresh = true; // a restart is answered with a restart
      this.remoteDescription = desc;
      this.signalingState = desc.type === "offer" ? "have-remote-offer" : "stable";
      if (desc.type === "offer" && !this.#transceivers.length)
        for (const kind of ["audio", "video"]) {
          this.#transceivers.push({
            sender: new FakeSender(),
            receiver: { track: { kind } },
            direction: "recvonly",
          });
          this.ontrack?.({ track: { kind }, receiver: {} });
        }
      if (this.signalingState === "stable" && this.#needed) this.#need();
      this.#try();
    });
  }

  async addIceCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    return this.#slowly(() => {
      if (!this.remoteDescription) throw new Error("a candidate before any description");
      this.#reached.add(Number(candidate.candidate));
      this.#try();
    });
  }

  close(): void {
    this.signalingState = "closed";
    this.connectionState = "closed";
    this.#other()?.lose();
  }

  /** The way between the two is lost. */
  lose(): void {
    if (this.connectionState !== "connected") return;
    this.#become("disconnected");
    this.#world.after(9000, () => {
      if (this.connectionState === "disconnected") this.#become("failed");
    });
  }

  #become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  #need(): void {
    this.#needed = true;
    this.#world.after(0, () => {
      if (this.#needed && this.signalingState === "stable") this.onnegotiationneeded?.();
    });
  }

  #slowly(run: () => void): Promise<void> {
    const done = this.#chain.then(async () => {
      await this.#world.wait(this.#world.chance() * 300);
      if (this.signalingState === "closed") await new Promise(() => {}); // browsers never answer then
      run();
    });
    this.#chain = done.catch(() => {});
    return done;
  }

  #gather(ice: number): void {
    this.sought = this.#configuration;
    for (const _ of [1, 2])
      this.#world.after(this.#world.chance() * 200, () =>
        this.onicecandidate?.({ candidate: { toJSON: () => ({ candidate: String(ice) }) } }),
      );
  }

  #other(): FakePeer | undefined {
    const theirs = read(this.remoteDescription);
    return theirs ? this.#world.peers[theirs.peer] : undefined;
  }

  /** Two ends are connected when each holds what the other said last, and a candidate of it. */
  #holds(other: FakePeer): boolean {
    const theirs = read(this.remoteDescription);
    return theirs?.peer === other.number && theirs.ice === other.#ice && this.#reached.has(theirs.ice);
  }

  #try(): void {
    const other = this.#other();
    if (!other || this.signalingState !== "stable" || other.signalingState !== "stable") return;
    if (this.#world.cut.has(this) || this.#world.cut.has(other)) return;
    if (!this.#holds(other) || !other.#holds(this)) return;
    for (const end of [this, other]) if (end.connectionState !== "connected") end.#become("connected");
  }
}
