/** The LiveKit way: sound and picture through a media server, given up in seconds instead of minutes. */

import type { LocalTrackPublication, RemoteTrack, RemoteTrackPublication, Room } from "livekit-client";
import { packetsOf } from "./flows.ts";
import { Owed } from "./owed.ts";

export interface Pass {
  readonly url: string;
  readonly token: string;
}

export interface SfuWires {
  readonly onTrack: (
    person: string,
    kind: "audio" | "video",
    track: MediaStreamTrack | null,
    receiver?: RTCRtpReceiver,
  ) => void;
  /** Somebody shows their screen, or no longer (null). */
  readonly onScreen: (person: string, track: MediaStreamTrack | null) => void;
  /**
   * The stay is over. Whatever the reason, even none, our own server says with the next pass whether there is a place; only
   * somebody who came in by another window is not fought for it.
   */
  readonly onEnd: (why: "elsewhere" | "lost") => void;
  /** The server closed our microphone; only we can open it again. */
  readonly onMuted: () => void;
  /** Its signalling is lost, or found again. */
  readonly onTrouble: (troubled: boolean) => void;
}

/** What two connections of a stay say of themselves. */
export interface Pulse {
  /** Grows as long as anything arrives, were it only the connection's own checks. */
  readonly count: number;
  /** The share of packets that were lost since the last look, the worse of both directions. */
  readonly loss: number;
  /** Whether the media server calls this line poor. */
  readonly poor: boolean;
}

/** livekit-client gives up after 42 to 209 seconds by itself (measured); this policy stops after about 25. */
const GIVE_UP_MS = 25_000;
/** From this many people on, small faces get small pictures. */
const MANY = 5;
const SHARE_TRIES = 6;
/** So long the media server has to let go of a voice before it is asked for it again. */
const LET_GO_MS = 1000;
const RETRY_MS = [300, 700, 1500, 3000, 5000, 7000];

const kindOf = (track: { kind: string }) => (track.kind === "audio" ? "audio" : "video");

/** One stay in the media server's room; a new stay needs a new Sfu. */
export class Sfu {
  readonly #wires: SfuWires;
  readonly #mine: Partial<Record<"audio" | "video", LocalTrackPublication>> = {};
  readonly #turns: Record<"audio" | "video", Promise<void>> = {
    audio: Promise.resolve(),
    video: Promise.resolve(),
  };
  readonly #told = new Map<string, RemoteTrack>();
  readonly #owed = new Owed();
  #muting = false;
  #pictures = true;
  #seen = { received: 0, lost: 0 };
  #room: Room | null = null;
  #screen: LocalTrackPublication | null = null;
  #closed = false;

  constructor(wires: SfuWires) {
    this.#wires = wires;
  }

  /** Enters the room; rejects when that does not work within about ten seconds. */
  async enter(pass: Pass): Promise<void> {
    const lk = await import("livekit-client");
    if (this.#closed) throw new Error("left meanwhile"); // the pass or the library came too late
    const room = new lk.Room({
      adaptiveStream: false, // tracks change hands with direct links, so they are not attached by LiveKit
      dynacast: true,
      stopLocalTrackOnUnpublish: false, // microphone and camera go on by another way when this stay is ended for us
      publishDefaults: {
        audioPreset: lk.AudioPresets.speech,
        red: true,
        videoSimulcastLayers: [lk.VideoPresets.h180],
        videoEncoding: lk.VideoPresets.h360.encoding,
      },
      reconnectPolicy: {
        nextRetryDelayInMs: ({ elapsedMs, retryCount }) =>
          elapsedMs > GIVE_UP_MS ? null : (RETRY_MS[Math.min(retryCount, RETRY_MS.length - 1)] ?? null),
      },
    });
    this.#room = room;
    room.on(lk.RoomEvent.TrackSubscribed, (track, publication, who) => {
      const camera = publication.source === lk.Track.Source.Camera;
      if (camera && !this.#pictures) return publication.setSubscribed(false);
      if (camera)
        publication.setVideoQuality(room.numParticipants > MANY ? lk.VideoQuality.LOW : lk.VideoQuality.HIGH);
      this.#tell(who.identity, track, publication.source);
    });
    room.on(lk.RoomEvent.TrackUnsubscribed, (track, publication, who) =>
      this.#tell(who.identity, track, publication.source, true),
    );
    room.on(lk.RoomEvent.LocalTrackUnpublished, (publication, who) => {
      if (publication.source === lk.Track.Source.ScreenShare) this.#wires.onScreen(who.identity, null);
    });
    room.on(lk.RoomEvent.TrackMuted, (publication, who) => {
      const ours = who === room.localParticipant && publication.kind === lk.Track.Kind.Audio;
      if (ours && !this.#muting) this.#wires.onMuted();
    });
    room.on(lk.RoomEvent.SignalReconnecting, () => this.#wires.onTrouble(true));
    room.on(lk.RoomEvent.Reconnecting, () => this.#wires.onTrouble(true));
    room.on(lk.RoomEvent.Reconnected, () => {
      this.#wires.onTrouble(false);
      this.#tellAll();
    });
    room.on(lk.RoomEvent.Disconnected, (reason) => {
      if (this.#closed) return;
      this.#wires.onEnd(reason === lk.DisconnectReason.DUPLICATE_IDENTITY ? "elsewhere" : "lost");
    });
    await room.connect(pass.url, pass.token, {
      websocketTimeout: 5000,
      peerConnectionTimeout: 8000,
      maxRetries: 1,
    });
  }

  /** Sends this track, or stops sending that kind (null); each waits for the one before it. */
  give(kind: "audio" | "video", track: MediaStreamTrack | null): Promise<void> {
    const turn = this.#turns[kind].then(() => this.#giveNow(kind, track));
    this.#turns[kind] = turn.catch(() => {});
    return turn;
  }

  async #giveNow(kind: "audio" | "video", track: MediaStreamTrack | null): Promise<void> {
    const room = this.#room;
    const before = this.#mine[kind];
    if (!room || this.#closed) return;
    if (before?.track && track && before.track.mediaStreamTrack === track) {
      if (before.isMuted) await before.unmute();
      return;
    }
    if (before && !track && kind === "audio") {
      this.#muting = true;
      await before.mute().finally(() => {
        this.#muting = false;
      });
      return;
    }
    if (before?.track) {
      delete this.#mine[kind];
      await room.localParticipant.unpublishTrack(before.track, false);
    }
    if (!track) return;
    const { Track } = await import("livekit-client");
    const source = kind === "audio" ? Track.Source.Microphone : Track.Source.Camera;
    this.#mine[kind] = await room.localParticipant.publishTrack(track, { source, stopMicTrackOnMute: false });
  }

  /** Takes everybody's pictures, or spares the line them. */
  takePictures(on: boolean): void {
    if (on === this.#pictures) return;
    this.#pictures = on;
    for (const publication of this.#remote())
      if (publication.source === "camera") publication.setSubscribed(on);
  }

  /** Looks at one connection of each direction. */
  async pulse(): Promise<Pulse> {
    const room = this.#room;
    const poor = /poor|lost/.test(room?.localParticipant.connectionQuality ?? "");
    const coming = this.#remote().find((one) => one.track)?.track;
    const going = Object.values(this.#mine)[0]?.track;
    // Nothing comes and nothing goes: only the signalling tells, and any change of it counts as life.
    if (!coming && !going)
      return { count: room?.state === "connected" ? performance.now() : 0, loss: 0, poor };
    let count = 0;
    let away = 0;
    const seen = { received: 0, lost: 0 };
    for (const track of [coming, going])
      for (const report of (await track?.getRTCStatsReport())?.values() ?? []) {
        if (report.type === "transport") count += report.bytesReceived ?? 0;
        else if (report.type === "candidate-pair")
          count += (report.responsesReceived ?? 0) + (report.requestsReceived ?? 0);
        else if (report.type === "remote-inbound-rtp") away = Math.max(away, report.fractionLost ?? 0);
        else if (report.type === "inbound-rtp") {
          seen.received += report.packetsReceived ?? 0;
          seen.lost += report.packetsLost ?? 0;
        }
      }
    const lost = seen.lost - this.#seen.lost;
    const all = lost + seen.received - this.#seen.received;
    this.#seen = seen;
    return { count, loss: Math.max(away, all > 0 ? lost / all : 0), poor };
  }

  /** Asks again, once, for each voice that is open and of which nothing comes. */
  async mend(now: number): Promise<void> {
    const voices = this.#remote().filter((one) => one.kind === "audio" && one.isDesired && !one.isMuted);
    const counts = voices.map(async (one) => [one.trackSid, await packetsOf(one.track?.receiver)] as const);
    const owed = this.#owed.look(new Map(await Promise.all(counts)), now);
    for (const voice of voices.filter((one) => owed.includes(one.trackSid))) {
      voice.setSubscribed(false);
      setTimeout(() => {
        if (!this.#closed) voice.setSubscribed(true);
      }, LET_GO_MS);
    }
  }

  /** Shows a screen, or stops showing it (null). */
  async share(track: MediaStreamTrack | null): Promise<void> {
    const room = this.#room;
    if (!room) return;
    if (this.#screen?.track) await room.localParticipant.unpublishTrack(this.#screen.track, true);
    this.#screen = null;
    if (!track) return;
    const { Track } = await import("livekit-client");
    for (let tries = 1; ; tries += 1)
      try {
        this.#screen = await room.localParticipant.publishTrack(track, { source: Track.Source.ScreenShare });
        return;
      } catch (error) {
        if (tries === SHARE_TRIES || this.#closed) throw error; // the permission may be on its way
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
  }

  /** Leaves the room; tracks go on living, they are the devices'. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#room?.disconnect(false);
    this.#room = null;
  }

  #remote(): RemoteTrackPublication[] {
    const people = [...(this.#room?.remoteParticipants.values() ?? [])];
    return people.flatMap((who) => [...who.trackPublications.values()]);
  }

  /** After a reconnection no events come for what happened meanwhile: say it all again. */
  #tellAll(): void {
    for (const who of this.#room?.remoteParticipants.values() ?? [])
      for (const { track, isSubscribed } of who.trackPublications.values())
        if (track && isSubscribed) this.#tell(who.identity, track, track.source);
  }

  /** A track may be said to be gone after the next one of its kind came: then nothing is gone. */
  #tell(person: string, track: RemoteTrack, source: string, gone = false): void {
    const key = `${source} ${person}`;
    if (gone && this.#told.get(key) !== track) return;
    if (gone) this.#told.delete(key);
    else this.#told.set(key, track);
    const media = gone ? null : track.mediaStreamTrack;
    if (source === "screen_share") this.#wires.onScreen(person, media);
    else this.#wires.onTrack(person, kindOf(track), media, track.receiver);
  }
}
