/** Decides when sound goes before picture on a weak line, and when pictures come back: pure. Figures: video.md "Deciding". */

export interface Line {
  /** Whether the line is too weak for pictures now. */
  readonly weak: boolean;
  /** Whether pictures wait for a tap, because they came and went too often. */
  readonly held: boolean;
  readonly falls: number;
  /** Since when the line has been the other way than `weak` says (milliseconds), or null. */
  readonly turning: number | null;
}

export const STRONG: Line = { weak: false, held: false, falls: 0, turning: null };

const LOSS = 0.05;
const POOR_FOR = 10_000;
const GOOD_FOR = 30_000;
const MOST_FALLS = 2;

/** Says whether what is measured now is poor: the media server says so, or more than one packet in twenty is lost. */
export function isPoor({ poor, loss }: { poor: boolean; loss: number }): boolean {
  return poor || loss > LOSS;
}

/** Feels the line inside the media server's room; outside nobody measures it, and time mends it; on the phone there is none. */
export function felt(
  line: Line,
  seen: { quiet: boolean; inside: boolean; well: boolean; poor: boolean },
  now: number,
): Line {
  if (seen.quiet) return STRONG;
  if (seen.inside) return seen.well ? fold(line, seen.poor, now) : line;
  const mended = fold({ ...line, held: false }, false, now); // no note offers a tap there
  return mended.weak ? { ...mended, held: line.held } : mended;
}

/** Takes in whether the line is poor now. */
export function fold(line: Line, poor: boolean, now: number): Line {
  if (poor === line.weak) return line.turning === null ? line : { ...line, turning: null };
  const turning = line.turning ?? now;
  if (now - turning < (line.weak ? GOOD_FOR : POOR_FOR)) return { ...line, turning };
  if (line.weak) return line.held ? { ...line, turning } : { ...line, weak: false, turning: null };
  const falls = line.falls + 1;
  return { weak: true, held: falls >= MOST_FALLS, falls, turning: null };
}
