/** Direct links from browser to browser: perfect negotiation over our own socket, one link for each other person. */

/** What travels between two browsers; the server stamps who it is from. */
export interface Signal {
  readonly epoch: string;
  readonly desc?: RTCSessionDescriptionInit;
  readonly cand?: RTCIceCandidateInit;
  /** The polite side is new here and asks for an offer. */
  readonly hello?: true;
  /** This side lets the link go. */
  readonly bye?: true;
}

export interface MeshWires {
  readonly me: string;
  /** Sends a signal to one person through our socket. */
  readonly send: (to: string, signal: Signal) => void;
  /** A track of somebody arrived, or ended (null). */
  readonly onTrack: (
    person: string,
    kind: "audio" | "video",
    track: MediaStreamTrack | null,
    receiver?: RTCRtpReceiver,
  ) => void;
  readonly onState: (person: string, state: RTCPeerConnectionState) => void;
}

interface Link {
  readonly pc: RTCPeerConnection;
  readonly polite: boolean;
  readonly senders: Partial<Record<"audio" | "video", RTCRtpSender>>;
  epoch: string;
  making: boolean;
  ignoring: boolean;
}

const KINDS = ["audio", "video"] as const;

/** Keeps a link to each wanted person; who sends is decided outside by giving or taking tracks. */
export class Mesh {
  readonly #links = new Map<string, Link>();
  readonly #wires: MeshWires;
  readonly #configuration: RTCConfiguration;
  #tracks: Partial<Record<"audio" | "video", MediaStreamTrack | null>> = {};

  constructor(wires: MeshWires, configuration: RTCConfiguration) {
    this.#wires = wires;
    this.#configuration = configuration;
  }

  /** Who is linked now. */
  get people(): string[] {
    return [...this.#links.keys()];
  }

  /** Makes links to exactly these people; others are let go. */
  want(people: readonly string[]): void {
    const wanted = new Set(people.filter((person) => person !== this.#wires.me));
    for (const person of this.people) if (!wanted.has(person)) this.#leave(person);
    for (const person of wanted) {
      if (this.#links.has(person)) continue;
      const link = this.#make(person, crypto.randomUUID());
      if (link.polite) this.#send(person, link, { hello: true });
    }
  }

  /** Sends this track to everybody, or nothing (null) while keeping the links. */
  async give(kind: "audio" | "video", track: MediaStreamTrack | null): Promise<void> {
    this.#tracks[kind] = track;
    await Promise.all([...this.#links.values()].map((link) => this.#put(link, kind)));
  }

  /** Takes in what another browser says; signals of an older life of the link are ignored. */
  async hear(from: string, signal: Signal): Promise<void> {
    let link = this.#links.get(from);
    if (signal.bye) {
      if (link?.epoch === signal.epoch) this.#drop(from);
      return;
    }
    if (signal.hello) {
      if (link?.polite || this.#wires.me < from) return;
      this.#drop(from);
      this.#make(from, crypto.randomUUID());
      return;
    }
    if (!link) {
      if (signal.desc?.type !== "offer") return;
      link = this.#make(from, signal.epoch);
    }
    if (signal.epoch !== link.epoch) {
      if (signal.desc?.type !== "offer") return;
      if (!link.polite && link.making) return;
      if (link.pc.remoteDescription) {
        this.#drop(from);
        link = this.#make(from, signal.epoch);
      } else link.epoch = signal.epoch;
    }
    if (signal.desc) await this.#describe(from, link, signal.desc);
    else if (signal.cand) {
      try {
        await link.pc.addIceCandidate(signal.cand);
      } catch (error) {
        if (!link.ignoring) throw error;
      }
    }
  }

  /** Bytes received over each link since it began; the watchdog looks at their growth. */
  async received(): Promise<Map<string, number>> {
    const bytes = new Map<string, number>();
    for (const [person, { pc }] of this.#links) {
      let sum = 0;
      for (const report of (await pc.getStats()).values())
        if (report.type === "transport") sum += report.bytesReceived ?? 0;
      bytes.set(person, sum);
    }
    return bytes;
  }

  /** Lets everybody go. */
  close(): void {
    for (const person of this.people) this.#leave(person);
  }

  #leave(person: string): void {
    const link = this.#links.get(person);
    if (link) this.#send(person, link, { bye: true });
    this.#drop(person);
  }

  #make(person: string, epoch: string): Link {
    const pc = new RTCPeerConnection(this.#configuration);
    const link: Link = {
      pc,
      polite: this.#wires.me < person,
      senders: {},
      epoch,
      making: false,
      ignoring: false,
    };
    this.#links.set(person, link);
    pc.onnegotiationneeded = async () => {
      if (link.polite && !pc.remoteDescription) return; // the impolite side begins
      link.making = true;
      try {
        await pc.setLocalDescription();
        if (pc.localDescription) this.#send(person, link, { desc: pc.localDescription.toJSON() });
      } finally {
        link.making = false;
      }
    };
    pc.onicecandidate = ({ candidate }) =>
      candidate && this.#send(person, link, { cand: candidate.toJSON() });
    pc.onconnectionstatechange = () => {
      if (this.#links.get(person) !== link) return;
      if (pc.connectionState === "failed") pc.restartIce();
      this.#wires.onState(person, pc.connectionState);
    };
    pc.ontrack = ({ track, receiver }) => {
      const kind = track.kind === "audio" ? "audio" : "video";
      this.#wires.onTrack(person, kind, track, receiver);
      track.onended = () => this.#wires.onTrack(person, kind, null);
    };
    // The impolite side opens the two lanes at once, so that giving and taking a track later needs no negotiation.
    if (!link.polite)
      for (const kind of KINDS)
        link.senders[kind] = pc.addTransceiver(kind, { direction: "sendrecv" }).sender;
    for (const kind of KINDS) void this.#put(link, kind);
    return link;
  }

  async #describe(from: string, link: Link, desc: RTCSessionDescriptionInit): Promise<void> {
    const { pc } = link;
    const collision = desc.type === "offer" && (link.making || pc.signalingState !== "stable");
    link.ignoring = !link.polite && collision;
    if (link.ignoring) return;
    await pc.setRemoteDescription(desc);
    if (desc.type !== "offer") return;
    for (const lane of pc.getTransceivers()) {
      const kind = lane.receiver.track.kind === "audio" ? "audio" : "video";
      lane.direction = "sendrecv";
      link.senders[kind] = lane.sender;
      await this.#put(link, kind);
    }
    await pc.setLocalDescription();
    if (pc.localDescription) this.#send(from, link, { desc: pc.localDescription.toJSON() });
  }

  async #put(link: Link, kind: "audio" | "video"): Promise<void> {
    await link.senders[kind]?.replaceTrack(this.#tracks[kind] ?? null);
  }

  #send(person: string, link: Link, signal: Omit<Signal, "epoch">): void {
    if (this.#links.get(person) === link) this.#wires.send(person, { epoch: link.epoch, ...signal });
  }

  #drop(person: string): void {
    const link = this.#links.get(person);
    if (!link) return;
    this.#links.delete(person);
    link.pc.onconnectionstatechange = null;
    link.pc.close();
    for (const kind of KINDS) this.#wires.onTrack(person, kind, null);
  }
}
