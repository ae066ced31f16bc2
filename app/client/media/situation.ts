/** What sound and picture need to know of the session, and by which wires they speak. */
import type { Signal } from "./mesh.ts";
import type { Pass } from "./sfu.ts";
import { QUIET } from "./way.ts";

/** Whether this browser can carry sound at all. */
export const CAPABLE = typeof RTCPeerConnection === "function" && typeof MediaStream === "function";

/** What the view says that matters to media. */
export interface Situation {
  readonly group: string;
  readonly own: string | null;
  readonly livekit: boolean;
  readonly others: readonly string[];
  /** Those of them who are neither on the phone nor in writing. */
  readonly audible: readonly string[];
  /** Whether some of the others may be simulated: they have no page, and only who was heard of is linked with. */
  readonly simulated: boolean;
  readonly stars: readonly string[];
  /** Whether the voice rule lets me speak now. */
  readonly speaks: boolean;
  /** Whether the rule closes microphones. */
  readonly ruled: boolean;
  /** Changes with the phase and the floor. */
  readonly moment: string;
  readonly myTurn: boolean;
}

export interface Health {
  readonly rung: string;
  readonly flowing: boolean;
  readonly quality: "good" | "poor" | "lost";
  /** Milliseconds of one's own voice since the last report. */
  readonly voice: number;
}

export interface Entrance {
  readonly pass: Pass | null;
  readonly ice: RTCConfiguration;
  /** How long the relays' credentials hold (seconds). */
  readonly lasts: number;
}

export interface Wires {
  readonly me: string;
  /** Asks our server for a pass and the relays; null when it cannot be had now. */
  readonly enter: () => Promise<Entrance | null>;
  readonly signal: (to: string, data: Signal) => void;
  readonly health: (health: Health) => void;
}

/** Whether nothing is carried by browsers now. */
export function isQuiet({ group, own }: Situation): boolean {
  return QUIET.has(group) || QUIET.has(own ?? "");
}
