/** Decides which ways carry sound and picture: pure, from what one browser sees. Figures: video.md "Deciding". */
import { PATIENCE } from "./watchdog.ts";

export type Using = "sfu" | "mesh" | "none";

export interface Seen {
  readonly group: string;
  /** What the person chose for themselves: sfu-audio, bridge, text. */
  readonly own: string | null;
  readonly livekit: boolean;
  /** Whether we are inside the media server's room. */
  readonly inside: boolean;
  /** Milliseconds for which the media server should have brought something and did not. */
  readonly silent: number;
  /** Whether there is another sign that it is gone: its signalling is lost. */
  readonly troubled: boolean;
  /** Milliseconds since the media server was last in doubt. */
  readonly steady: number;
  /** Everybody else who is here. */
  readonly others: readonly string[];
  /** Whom the media server does not reach: the server says so, or they asked us directly. */
  readonly stars: readonly string[];
  /** Who is heard by a direct link only, whatever the media server carries. */
  readonly direct: readonly string[];
  /** Whom this end wants links with already. */
  readonly linked: readonly string[];
  /** Whose links carry something. */
  readonly open: readonly string[];
  /** Milliseconds since the group came to its rung. */
  readonly stayed: number;
}

export interface Way {
  /** Whether to be in the media server's room. */
  readonly sfu: boolean;
  /** Whom to be linked with directly. */
  readonly mesh: readonly string[];
  readonly using: Using;
}

/** Rungs on which browsers carry nothing: the telephone or the pen has the word. */
export const QUIET: ReadonlySet<string> = new Set(["bridge", "text", "alone"]);
const OVERLAP = 10_000;
const STEADY = 4000;

/** Says whether the media server carries something now. */
export function carries({ inside, silent }: Pick<Seen, "inside" | "silent">): boolean {
  return inside && silent < PATIENCE.banner;
}

/** Chooses the ways: the new one is made before the old one is given up, and one of them is heard. */
export function wayOf(seen: Seen): Way {
  if (QUIET.has(seen.own ?? "") || QUIET.has(seen.group)) return { sfu: false, mesh: [], using: "none" };
  const well = carries(seen);
  const links: Using = seen.open.length ? "mesh" : "none";
  if (!seen.livekit || seen.group === "mesh") {
    const ready = seen.open.length >= seen.others.length || seen.stayed > OVERLAP;
    return { sfu: seen.livekit && well && !ready, mesh: seen.others, using: well && !ready ? "sfu" : links };
  }
  const stars = seen.others.filter((one) => seen.stars.includes(one) || seen.direct.includes(one));
  // Links once begun stay until the media server has carried for a while, so that nothing flaps.
  const kept = seen.steady < STEADY ? seen.others.filter((one) => seen.linked.includes(one)) : [];
  const mesh = isDoubtful(seen) ? seen.others : [...new Set([...stars, ...kept])];
  return { sfu: true, mesh, using: well ? "sfu" : links };
}

/** Says whether direct links are worth preparing. */
export function isDoubtful({ silent, troubled }: Pick<Seen, "silent" | "troubled">): boolean {
  return silent >= (troubled ? PATIENCE.doubt : PATIENCE.prewarm);
}

/** In direct links the floor decides whose voice is sent, once there are more than a few. */
export const FEW_LINKS = 3;
/** With more links a picture, encoded once for each, is only for whose turn it is. */
const SEEN_LINKS = 5;

/** Says what goes out on direct links: everything among few people, else who may speak is heard, and whose turn it is seen. */
export function sendsDirectly(
  links: number,
  may: { speak: boolean; turn: boolean },
): { audio: boolean; video: boolean } {
  const few = links <= FEW_LINKS;
  return { audio: few || may.speak, video: links <= SEEN_LINKS || may.turn };
}

/** Says whether an open microphone waits for a tap: only direct links carry, and it does not go out on them. */
export function waitsForTap(
  links: number,
  audio: boolean,
  { group, using }: { group: string; using: Using },
): boolean {
  return links > 0 && !audio && (group === "mesh" || using === "mesh");
}
