// Where people sit: the largest faces for which nobody touches anybody, a name or the words in the middle.
import { apart, type Box, type Outline, superellipse, TURN, type Walk, walk } from "./outline.ts";

export interface Area {
  readonly w: number;
  readonly h: number;
  /** One per person, the viewer first, then clockwise in the order of turns. */
  readonly weights: readonly number[];
  /** One box per line of text or button in the middle. */
  readonly words?: readonly Box[];
  /** Between two circles. */
  readonly gap?: number;
  /** Between circles and words: the ring of time runs there. */
  readonly moat?: number;
  /** Room for collars at the border. */
  readonly pad?: number;
  /** How far a name hangs below its circle. */
  readonly plate?: number;
  readonly max?: number;
  /** Whether steps may differ, for the largest faces of a crowd. */
  readonly uneven?: boolean;
}

export interface Seat {
  readonly x: number;
  readonly y: number;
  readonly d: number;
}

export interface Placed extends Outline {
  /** Diameter of a face of weight 1. */
  readonly D: number;
  readonly cx: number;
  readonly cy: number;
  /** How far words and ring move towards a smaller near seat. */
  readonly sink: number;
  readonly seats: readonly Seat[];
}

const SHAPES = [2, 2.3, 2.7, 3.2, 4, 5]; // 2 is an ellipse, more is squarer
const CROWD = 9; // from so many people on, steps may differ so that the gaps are equal
const RINGS = [2, 2.2, 2.5, 2.9, 3.5, 4.5];
const LEAST = 24;
const LONG_NAME = 92; // px; a long name is so wide, or as its face

function plateOf({ x, y, d }: Seat, plate: number): Box {
  return { x, y: y + d / 2 - plate / 2, w: Math.max(d * 0.76, Math.min(d, LONG_NAME)), h: plate * 3 };
}

/** Places one circle per weight around an area; null when not even small faces fit. */
export function placeSeats(area: Area): Placed | null {
  const { w, h, weights, gap = 20, moat = 30, pad = 12, plate = 10, max = 300 } = area;
  const cx = w / 2;
  const cy = (h - plate) / 2;
  const across = weights.length === 2 && w > h;
  const short = Math.min(w, h);
  const words =
    weights.length <= 4 && !area.words?.length // a few people still need a table
      ? [{ x: cx, y: cy, w: short * 0.2, h: short * 0.12 }]
      : (area.words ?? []);

  const fit = (D: number, n: number, uneven: boolean): Placed | null => {
    const outline = { a: cx - pad - D / 2, b: cy - pad - D / 2, n };
    if (outline.a <= 0 || outline.b <= 0) return null;
    const sink = across ? 0 : ((1 - (weights[0] ?? 1)) * D) / 2;
    const line = walk(outline);
    const sizes = weights.map((weight) => weight * D);
    const sit = (s: number, d: number): Seat => {
      const [x, y] = line.at(s);
      const out = 1 + (D - d) / 2 / Math.hypot(x, y); // outer edges stay aligned
      return { x: x * out + cx, y: y * out + cy, d };
    };
    const between = (p: Seat, q: Seat) =>
      Math.min(
        Math.hypot(p.x - q.x, p.y - q.y) - (p.d + q.d) / 2,
        apart(p.x, p.y, plateOf(q, plate)) - p.d / 2 + gap / 2,
        apart(q.x, q.y, plateOf(p, plate)) - q.d / 2 + gap / 2,
      );
    const steps = uneven ? equalGaps(line, sizes, sit, between) : equalSteps(line, sizes, gap, across);
    const seats = sizes.map((d, i) => sit(steps[i] ?? 0, d));
    const clash = seats.some(
      (p, i) =>
        words.some((box) => apart(p.x, p.y - sink, box) < p.d / 2 + moat + (p.y < box.y ? plate : 0)) ||
        seats.some((q, j) => i < j && between(p, q) < gap),
    );
    return clash ? null : { D, ...outline, cx, cy, sink, seats };
  };

  let best: Placed | null = null;
  for (const uneven of !area.uneven || weights.length < CROWD ? [false] : [false, true])
    for (const n of SHAPES) {
      let low = LEAST;
      let high = Math.min(max, w, h);
      let found: Placed | null = null;
      for (let k = 0; k < 12; k++) {
        const middle = (low + high) / 2;
        const tried = fit(middle, n, uneven);
        if (tried) {
          found = tried;
          low = middle;
        } else high = middle;
      }
      if (found && (!best || found.D > best.D * 1.04)) best = found; // a squarer table must win 4 %
    }
  return best;
}

/** Where each seat is along the outline when everybody takes the same share of its length. */
function equalSteps(line: Walk, sizes: readonly number[], gap: number, across: boolean): number[] {
  const total = sizes.reduce((sum, d) => sum + d + gap, 0);
  let s = across ? line.length / 4 : 0;
  return sizes.map((d, i) => {
    if (i) s += (line.length * ((sizes[i - 1] ?? 0) / 2 + d / 2 + gap)) / total;
    return s;
  });
}

/** Where each seat is when the gaps between neighbours are equal: narrow where the outline turns, wide along it. */
function equalGaps(
  line: Walk,
  sizes: readonly number[],
  sit: (s: number, d: number) => Seat,
  between: (p: Seat, q: Seat) => number,
): number[] {
  const goRound = (gap: number): number[] => {
    const steps = [0];
    for (const d of [...sizes.slice(1), sizes[0] ?? 0]) {
      const from = steps[steps.length - 1] ?? 0;
      const before = sit(from, sizes[steps.length - 1] ?? 0);
      let low = from;
      let high = from + line.length / 3;
      for (let k = 0; k < 10; k++) {
        const middle = (low + high) / 2;
        if (between(before, sit(middle % line.length, d)) < gap) low = middle;
        else high = middle;
      }
      steps.push(high);
    }
    return steps;
  };
  let low = -(sizes[1] ?? 0);
  let high = sizes[1] ?? 0;
  let steps = goRound(low);
  for (let k = 0; k < 9; k++) {
    const middle = (low + high) / 2;
    const tried = goRound(middle);
    if ((tried[sizes.length] ?? 0) > line.length) high = middle;
    else {
      low = middle;
      steps = tried;
    }
  }
  return steps;
}

/** The ring of time: the roundest outline that goes round the words and touches nobody; the largest of those. */
export function placeRing(
  { seats, a, b, cx, cy, sink, D }: Placed,
  { words = [] as readonly Box[], air = 12, inside = 10, plate = 10 } = {},
): Outline {
  const corners = words.flatMap((box) =>
    [-1, 1].map((side) => [
      Math.abs(box.x - cx) + box.w / 2 + inside,
      Math.abs(box.y - cy + (side * box.h) / 2) + inside / 2,
    ]),
  ) as [number, number][];
  const free = (ring: Outline): boolean => {
    if (corners.some(([x, y]) => (x / ring.a) ** ring.n + (y / ring.b) ** ring.n > 1)) return false;
    const at = superellipse(ring);
    for (let i = 0; i < 96; i++) {
      const [dx, dy] = at((i / 96) * TURN);
      const x = dx + cx;
      const y = dy + cy + sink;
      if (
        seats.some(
          (p) => Math.hypot(x - p.x, y - p.y) < p.d / 2 + air || apart(x, y, plateOf(p, plate)) < air / 2,
        )
      )
        return false;
    }
    return true;
  };
  for (const n of RINGS) {
    let best: (Outline & { area: number }) | null = null;
    for (let kb = 0.98; kb > 0.2; kb -= 0.015)
      for (let ka = 0.98; ka > 0.2; ka -= 0.015)
        if (
          ka * a < a - D * 0.2 &&
          kb * b + sink < b - D * 0.1 &&
          (!best || ka * kb > best.area) &&
          free({ a: ka * a, b: kb * b, n })
        )
          best = { area: ka * kb, a: ka * a, b: kb * b, n };
    if (best) return best;
  }
  return {
    a: Math.max(a * 0.3, ...corners.map(([x]) => x)),
    b: Math.max(b * 0.3, ...corners.map(([, y]) => y)),
    n: 5,
  }; // no room: round the words
}

/** Seats on a shallow arc, for the moments when the person writes and the near half becomes their desk. */
export function placeArc({ w, h, weights, gap = 10, plate = 10, pad = 10, max = 150 }: Area): {
  D: number;
  seats: Seat[];
} {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const D = Math.min(max, (h - plate - pad) * 0.8, (w - 2 * pad - gap * (weights.length - 1)) / total);
  const span = total * D + gap * (weights.length - 1);
  const rise = Math.max(0, Math.min(h - D - plate - pad, span * 0.06));
  let x = (w - span) / 2;
  const seats = weights.map((weight) => {
    const middle = x + (weight * D) / 2;
    const u = (middle - w / 2) / (span / 2);
    x += weight * D + gap;
    return { x: middle, y: pad + D / 2 + rise * u * u, d: weight * D };
  });
  return { D, seats };
}
