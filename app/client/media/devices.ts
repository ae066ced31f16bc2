/** Microphone and camera of this device: asked for once, kept across every way of the ladder. */

export type Trouble = "denied" | "absent" | "busy" | "unsupported";
export type Kind = "audio" | "video";

const WANTED: Record<Kind, MediaTrackConstraints> = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  video: { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 20, max: 24 } },
};

/** Says in one word why a device is not to be had. */
export function troubleOf(error: unknown): Trouble {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotReadableError" || name === "AbortError") return "busy";
  return name === "NotFoundError" || name === "OverconstrainedError" ? "absent" : "unsupported";
}

/** Opens one device, the chosen one if it is still there; rejects with a Trouble. */
export async function open(kind: Kind, device?: string): Promise<MediaStreamTrack> {
  const wanted = device ? { ...WANTED[kind], deviceId: { ideal: device } } : WANTED[kind];
  try {
    if (!navigator.mediaDevices) throw new TypeError("no media devices");
    const stream = await navigator.mediaDevices.getUserMedia({ [kind]: wanted });
    const track = stream.getTracks()[0];
    if (!track) throw new DOMException("", "NotFoundError");
    if (kind === "audio") track.contentHint = "speech";
    return track;
  } catch (error) {
    throw troubleOf(error);
  }
}

/** Lists the devices of one kind; names are empty until the person has allowed one. */
export async function list(kind: Kind): Promise<readonly MediaDeviceInfo[]> {
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return all.filter((device) => device.kind === `${kind}input`);
}

/** Milliseconds between two looks at a level. */
export const EVERY = 250;

/** Watches the loudness (0 to 1, null while the browser waits for a touch) of a track until the returned function is called. */
export function listen(track: MediaStreamTrack, onLevel: (level: number | null) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 16_384; // a third of a second: nothing falls between two looks
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const wave = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    if (context.state !== "running") {
      void context.resume().catch(() => {});
      return onLevel(null);
    }
    analyser.getFloatTimeDomainData(wave);
    onLevel(Math.min(1, Math.sqrt(wave.reduce((sum, value) => sum + value * value, 0) / wave.length) * 4));
  }, EVERY);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}
