/** One life of a direct link between two browsers: perfect negotiation, its signals taken strictly one after the other. */

export type Lane = "audio" | "video";
export const LANES: readonly Lane[] = ["audio", "video"];

/** What both ends say about one life of their link. */
export interface Talk {
  readonly desc?: RTCSessionDescriptionInit;
  readonly cand?: RTCIceCandidateInit;
}

export interface LinkWires {
  readonly send: (talk: Talk) => void;
  /** A track arrived, or ended (null). */
  readonly onTrack: (lane: Lane, track: MediaStreamTrack | null, receiver?: RTCRtpReceiver) => void;
  readonly onState: (state: RTCPeerConnectionState) => void;
}

/** Pictures by direct links are small: each is encoded once for every other person. */
const SMALL = { maxBitrate: 250_000, maxFramerate: 15 };

/** The impolite end makes the first offer; later either may, and the polite one gives way. */
export class Link {
  readonly epoch: string;
  readonly polite: boolean;
  /** When it was begun, and since when it has not been connected (milliseconds); null while it is. */
  readonly begun: number;
  apart: number | null;
  wasConnected = false;
  readonly #pc: RTCPeerConnection;
  readonly #wires: LinkWires;
  readonly #configuration: () => RTCConfiguration;
  readonly #now: () => number;
  readonly #senders: Partial<Record<Lane, RTCRtpSender>> = {};
  readonly #tracks: Partial<Record<Lane, MediaStreamTrack | null>>;
  #making = false;
  #ignoring = false;
  #closed = false;
  #heard: Promise<void> = Promise.resolve();

  constructor(
    wires: LinkWires,
    configuration: () => RTCConfiguration,
    life: { epoch: string; polite: boolean; now: () => number },
    tracks: Partial<Record<Lane, MediaStreamTrack | null>>,
  ) {
    this.#wires = wires;
    this.epoch = life.epoch;
    this.polite = life.polite;
    this.#now = life.now;
    this.begun = this.apart = life.now();
    this.#tracks = { ...tracks };
    this.#configuration = configuration;
    this.#pc = new RTCPeerConnection(configuration());
    this.#listen(this.#pc);
    // Both lanes are there from the beginning, so that giving and taking a track later needs no negotiation.
    if (!life.polite)
      for (const lane of LANES) {
        const { sender } = this.#pc.addTransceiver(lane, { direction: "sendrecv" });
        this.#senders[lane] = sender;
        void this.#put(lane).catch(() => {});
      }
  }

  get connected(): boolean {
    return this.#pc.connectionState === "connected";
  }

  /** Takes in what the other end says; each waits for the one before it, for ever when the link is closed meanwhile. */
  hear(talk: Talk): void {
    this.#heard = this.#heard.then(() => (this.#closed ? undefined : this.#take(talk))).catch(() => {});
  }

  /** Sends this track, or nothing (null) while the link stays. */
  async give(lane: Lane, track: MediaStreamTrack | null): Promise<void> {
    this.#tracks[lane] = track;
    await this.#put(lane);
  }

  /** Looks for new paths between the two, by the relays that hold now; sound goes on by the old one while it can. */
  restart(): void {
    this.#pc.setConfiguration(this.#configuration());
    this.#pc.restartIce();
  }

  close(): void {
    this.#closed = true;
    this.#pc.close();
    for (const lane of LANES) this.#wires.onTrack(lane, null);
  }

  #listen(pc: RTCPeerConnection): void {
    pc.onnegotiationneeded = async () => {
      if (this.polite && !pc.remoteDescription) return; // the impolite end begins
      this.#making = true;
      try {
        await pc.setLocalDescription();
        this.#describe();
      } catch {
        // closed meanwhile, or overtaken by the other end's offer
      } finally {
        this.#making = false;
      }
    };
    pc.onicecandidate = ({ candidate }) => {
      if (candidate && !this.#closed) this.#wires.send({ cand: candidate.toJSON() });
    };
    pc.onconnectionstatechange = () => {
      if (this.#closed) return;
      this.apart = this.connected ? null : (this.apart ?? this.#now());
      this.wasConnected ||= this.connected;
      if (pc.connectionState === "failed") this.restart();
      this.#wires.onState(pc.connectionState);
    };
    pc.ontrack = ({ track, receiver }) => {
      if (!this.#closed) this.#wires.onTrack(track.kind === "audio" ? "audio" : "video", track, receiver);
    };
  }

  async #take({ desc, cand }: Talk): Promise<void> {
    const pc = this.#pc;
    if (cand) {
      await pc.addIceCandidate(cand).catch((error: unknown) => {
        if (!this.#ignoring) throw error;
      });
      return;
    }
    if (!desc) return;
    const collision = desc.type === "offer" && (this.#making || pc.signalingState !== "stable");
    this.#ignoring = !this.polite && collision;
    if (this.#ignoring) return;
    if (desc.type === "offer") pc.setConfiguration(this.#configuration()); // it may seek new paths
    await pc.setRemoteDescription(desc);
    if (desc.type !== "offer") return;
    for (const transceiver of pc.getTransceivers()) {
      const lane = transceiver.receiver.track.kind === "audio" ? "audio" : "video";
      transceiver.direction = "sendrecv";
      this.#senders[lane] = transceiver.sender;
      await this.#put(lane);
    }
    await pc.setLocalDescription();
    this.#describe();
  }

  #describe(): void {
    if (!this.#closed && this.#pc.localDescription)
      this.#wires.send({ desc: this.#pc.localDescription.toJSON() });
  }

  async #put(lane: Lane): Promise<void> {
    const [sender, track] = [this.#senders[lane], this.#tracks[lane] ?? null];
    await sender?.replaceTrack(track);
    if (!sender || !track || lane === "audio") return;
    const wanted = sender.getParameters();
    for (const encoding of wanted.encodings) Object.assign(encoding, SMALL);
    await sender.setParameters(wanted).catch(() => {}); // the browser's own figures do as well
  }
}
