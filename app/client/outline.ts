// The outlines of the table: superellipses, walked by length so that equal steps are equal along the wood.

export type Point = readonly [x: number, y: number];

/** A rectangle by its middle, in CSS pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Outline {
  readonly a: number;
  readonly b: number;
  readonly n: number;
}

export const TURN = 2 * Math.PI;

/** Gives the point of |x/a|ⁿ + |y/b|ⁿ = 1 at an angle: 0 is the near edge (bottom), growing clockwise from above. */
export function superellipse({ a, b, n }: Outline): (t: number) => Point {
  return (t) => {
    const s = -Math.sin(t);
    const c = Math.cos(t);
    return [a * Math.sign(s) * Math.abs(s) ** (2 / n), b * Math.sign(c) * Math.abs(c) ** (2 / n)];
  };
}

export interface Walk {
  readonly length: number;
  /** The point after so many pixels. */
  readonly at: (s: number) => Point;
}

/** Measures an outline by its length. */
export function walk(outline: Outline, samples = 180): Walk {
  const at = superellipse(outline);
  const points: Point[] = [];
  const along = [0];
  for (let i = 0; i <= samples; i++) {
    const point = at((i / samples) * TURN);
    const before = points[i - 1];
    if (before) along.push((along[i - 1] ?? 0) + Math.hypot(point[0] - before[0], point[1] - before[1]));
    points.push(point);
  }
  return {
    length: along[samples] ?? 0,
    at(s) {
      let low = 0;
      let high = samples;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if ((along[middle] ?? 0) <= s) low = middle;
        else high = middle;
      }
      const from = points[low] as Point;
      const to = points[high] as Point;
      const start = along[low] ?? 0;
      const f = (s - start) / ((along[high] ?? 0) - start || 1);
      return [from[0] + f * (to[0] - from[0]), from[1] + f * (to[1] - from[1])];
    },
  };
}

/** How far a point is from a box; 0 inside. */
export function apart(x: number, y: number, box: Box): number {
  return Math.hypot(
    Math.max(Math.abs(x - box.x) - box.w / 2, 0),
    Math.max(Math.abs(y - box.y) - box.h / 2, 0),
  );
}

/** Draws an outline as an SVG path that starts at the far edge (top) and runs clockwise. */
export function path(outline: Outline, cx: number, cy: number): string {
  const at = superellipse(outline);
  const points: string[] = [];
  for (let i = 0; i <= 240; i++) {
    const [x, y] = at(Math.PI + (i / 240) * TURN);
    points.push(`${(x + cx).toFixed(1)} ${(y + cy).toFixed(1)}`);
  }
  return `M${points.join("L")}Z`;
}

/** Draws the far edge of the desk: a shallow arc across a box w × h. */
export function horizon(w: number, h: number): string {
  const r = w / 2;
  const points: string[] = [];
  for (let i = 0; i <= 80; i++) {
    const x = w * (0.04 + 0.92 * (i / 80));
    points.push(`${x.toFixed(1)} ${(h - h * Math.sqrt(1 - ((x - r) / r) ** 2)).toFixed(1)}`);
  }
  return `M${points.join("L")}`;
}
