// What the screens show of sound and picture; the controller that fills it is loaded later.
import { signal } from "@preact/signals";
import type { Kind, Trouble } from "./devices.ts";
import type { Using } from "./way.ts";

export interface Device {
  readonly on: boolean;
  /** Why it cannot be had, in one word. */
  readonly trouble: Trouble | null;
  /** Closed because the voice rule, or the server, wants silence; only the person opens it again. */
  readonly held: boolean;
}

const CLOSED: Device = { on: false, trouble: null, held: false };

/** The picture to show for each person, oneself too. */
export const pictures = signal<ReadonlyMap<string, MediaStreamTrack>>(new Map());
/** Who is heard now; the mark stays still while they speak. */
export const heard = signal<ReadonlySet<string>>(new Set());
export const microphone = signal<Device>(CLOSED);
export const camera = signal<Device>(CLOSED);
/** Sound before picture: the person wants no pictures. */
export const soundFirst = signal(false);
/** The line cannot carry pictures now; "held": they came and went too often, and wait for a tap. */
export const weak = signal<"no" | "yes" | "held">("no");
/** The same person came into the media server's room by another window. */
export const elsewhere = signal(false);
/** The browser waits for a touch before it lets anything be heard. */
export const muffled = signal(false);
/** The way that carries sound now, and since when nothing arrives (milliseconds of the page's clock). */
export const using = signal<{ readonly way: Using; readonly silentSince: number | null }>({
  way: "none",
  silentSince: null,
});
/** Who should be heard by a direct link and is not, although others are. */
export const unlinked = signal<readonly string[]>([]);
/** In direct links only who speaks sends; this person may, one tap away. */
export const oneTap = signal(false);
/** The microphone is open, it is my turn, and nothing comes out of it. */
export const mute = signal(false);
/** The screen somebody shares, or oneself. */
export const screen = signal<{ readonly person: string; readonly track: MediaStreamTrack } | null>(null);

export const device = (kind: Kind) => (kind === "audio" ? microphone : camera);
