/** The LiveKit way: sound and picture through a media server, given up in seconds instead of minutes. */

import type { LocalTrackPublication, RemoteTrack, Room } from "livekit-client";

export interface Pass {
  readonly url: string;
  readonly token: string;
}

export interface SfuWires {
  readonly onTrack: (person: string, kind: "audio" | "video", track: MediaStreamTrack | null) => void;
  /** The room is gone for good: why, in the ladder's own words. */
  readonly onEnd: (why: "elsewhere" | "removed" | "lost") => void;
  /** The server closed our microphone; only we can open it again. */
  readonly onMuted: () => void;
}

/** livekit-client gives up after 42 to 209 seconds by itself (measured); this policy stops after about 25. */
const GIVE_UP_MS = 25_000;
const RETRY_MS = [300, 700, 1500, 3000, 5000, 7000];

const kindOf = (track: { kind: string }) => (track.kind === "audio" ? "audio" : "video");

/** One stay in the media server's room; a new stay needs a new Sfu. */
export class Sfu {
  readonly #wires: SfuWires;
  readonly #mine: Partial<Record<"audio" | "video", LocalTrackPublication>> = {};
  #room: Room | null = null;
  #closed = false;

  constructor(wires: SfuWires) {
    this.#wires = wires;
  }

  /** Enters the room; rejects when that does not work within about ten seconds. */
  async enter(pass: Pass): Promise<void> {
    const lk = await import("livekit-client");
    const room = new lk.Room({
      adaptiveStream: true,
      dynacast: true,
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
    const gone = (track: RemoteTrack, who: { identity: string }) =>
      this.#wires.onTrack(who.identity, kindOf(track), null);
    room.on(lk.RoomEvent.TrackSubscribed, (track, _publication, who) =>
      this.#wires.onTrack(who.identity, kindOf(track), track.mediaStreamTrack),
    );
    room.on(lk.RoomEvent.TrackUnsubscribed, (track, _publication, who) => gone(track, who));
    room.on(lk.RoomEvent.TrackMuted, (publication, who) => {
      if (who === room.localParticipant && publication.kind === lk.Track.Kind.Audio) this.#wires.onMuted();
    });
    room.on(lk.RoomEvent.Reconnected, () => this.#tellAll());
    room.on(lk.RoomEvent.Disconnected, (reason) => {
      if (this.#closed) return;
      const { DUPLICATE_IDENTITY, PARTICIPANT_REMOVED, ROOM_DELETED } = lk.DisconnectReason;
      const put = reason === PARTICIPANT_REMOVED || reason === ROOM_DELETED;
      this.#wires.onEnd(reason === DUPLICATE_IDENTITY ? "elsewhere" : put ? "removed" : "lost");
    });
    await room.connect(pass.url, pass.token, {
      websocketTimeout: 5000,
      peerConnectionTimeout: 8000,
      maxRetries: 1,
    });
  }

  /** Sends this track, or stops sending that kind (null). */
  async give(kind: "audio" | "video", track: MediaStreamTrack | null): Promise<void> {
    const room = this.#room;
    const before = this.#mine[kind];
    if (!room) return;
    if (before?.track && track && before.track.mediaStreamTrack === track) {
      if (before.isMuted) await before.unmute();
      return;
    }
    if (before && !track && kind === "audio") {
      await before.mute();
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

  /** Bytes received so far; RTP counters rest during silence, the transport's do not. */
  async received(): Promise<number> {
    const room = this.#room;
    if (!room) return 0;
    const remote = [...room.remoteParticipants.values()].flatMap((who) => [...who.trackPublications.values()]);
    const track = remote.find((one) => one.track)?.track ?? Object.values(this.#mine)[0]?.track;
    let sum = 0;
    for (const report of (await track?.getRTCStatsReport())?.values() ?? [])
      if (report.type === "transport") sum += report.bytesReceived ?? 0;
    return sum;
  }

  /** Leaves the room; tracks go on living, they are the devices'. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#room?.disconnect(false);
    this.#room = null;
  }

  /** After a reconnection no events come for what happened meanwhile: say it all again. */
  #tellAll(): void {
    for (const who of this.#room?.remoteParticipants.values() ?? [])
      for (const { track, isSubscribed } of who.trackPublications.values())
        if (track && isSubscribed) this.#wires.onTrack(who.identity, kindOf(track), track.mediaStreamTrack);
  }
}
