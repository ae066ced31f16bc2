// Checks that nobody touches anybody, from two to ten people and from a phone to a wall.
import assert from "node:assert/strict";
import { test } from "node:test";
import { placeArc, placeRing, placeSeats } from "./geometry.ts";
import { apart, type Box, superellipse, TURN } from "./outline.ts";

const SIZES = [
  [390, 560],
  [390, 420],
  [320, 480],
  [768, 900],
  [820, 1000],
  [1000, 700],
  [1440, 760],
  [1900, 950],
] as const;

function words(w: number, h: number): Box[] {
  const line = (y: number, share: number) => ({ x: w / 2, y: h / 2 + y, w: w * share, h: 24 });
  return w < 768 ? [] : [line(-40, 0.2), line(-10, 0.26), line(20, 0.24)];
}

for (let people = 2; people <= 10; people++)
  for (const [w, h] of SIZES)
    test(`${people} people on ${w} × ${h} touch neither each other, the words nor the border`, () => {
      const weights = Array.from({ length: people }, (_each, i) => (i ? 1 : 0.78));
      const gap = w < 768 ? 11 : 20;
      const moat = w < 768 ? 18 : 32;
      const placed = placeSeats({ w, h, weights, words: words(w, h), gap, moat });
      assert.ok(placed, "there is room");
      for (const [i, p] of placed.seats.entries()) {
        assert.ok(p.x - p.d / 2 >= 0 && p.x + p.d / 2 <= w, "inside, across");
        assert.ok(p.y - p.d / 2 >= 0 && p.y + p.d / 2 <= h, "inside, up and down");
        for (const q of placed.seats.slice(i + 1))
          assert.ok(
            Math.hypot(p.x - q.x, p.y - q.y) >= (p.d + q.d) / 2 + gap - 0.01,
            "apart from each other",
          );
        for (const box of words(w, h))
          assert.ok(apart(p.x, p.y - placed.sink, box) >= p.d / 2 + moat - 0.01, "apart from the words");
      }
    });

test("the viewer sits nearest, and the others follow clockwise", () => {
  const placed = placeSeats({ w: 1000, h: 700, weights: [0.78, 1, 1, 1, 1, 1, 1, 1] });
  assert.ok(placed);
  const [me, next, , , across] = placed.seats;
  assert.ok(placed.seats.every((seat) => seat.y <= (me?.y ?? 0)));
  assert.ok((next?.x ?? 0) < (me?.x ?? 0), "clockwise seen from above goes to the left from the near edge");
  assert.ok(Math.abs((across?.x ?? 0) - (me?.x ?? 0)) < 1);
});

test("two people on a wide table face each other", () => {
  const placed = placeSeats({ w: 1000, h: 600, weights: [0.78, 1] });
  assert.ok(placed);
  const [me, other] = placed.seats;
  assert.ok(Math.abs((me?.y ?? 0) - (other?.y ?? 0)) < 30);
  assert.ok(Math.abs((me?.x ?? 0) - (other?.x ?? 0)) > 300);
});

test("the ring goes round the words and touches nobody", () => {
  const [w, h] = [1040, 740];
  const boxes = words(w, h);
  const placed = placeSeats({ w, h, weights: [0.78, 1, 1, 1, 1, 1, 1, 1], words: boxes, moat: 32 });
  assert.ok(placed);
  const ring = placeRing(placed, { words: boxes });
  const at = superellipse(ring);
  for (let i = 0; i < 360; i++) {
    const [x, y] = at((i / 360) * TURN);
    for (const seat of placed.seats)
      assert.ok(Math.hypot(x + placed.cx - seat.x, y + placed.cy + placed.sink - seat.y) >= seat.d / 2 + 8);
  }
  for (const box of boxes) {
    const x: number = Math.abs(box.x - placed.cx) + box.w / 2;
    const y: number = Math.abs(box.y - placed.cy) + box.h / 2;
    assert.ok((x / ring.a) ** ring.n + (y / ring.b) ** ring.n <= 1);
  }
});

test("an area too small for anybody has no table", () => {
  assert.equal(placeSeats({ w: 60, h: 60, weights: [1, 1, 1, 1, 1, 1] }), null);
});

test("on the horizon nobody overlaps and nobody leaves the screen", () => {
  for (const people of [2, 5, 7, 9]) {
    const { seats } = placeArc({
      w: 390,
      h: 96,
      weights: Array<number>(people).fill(1),
      gap: 5,
      pad: 6,
      max: 64,
    });
    for (const [i, seat] of seats.entries()) {
      assert.ok(seat.x - seat.d / 2 >= 0 && seat.x + seat.d / 2 <= 390);
      const next = seats[i + 1];
      if (next) assert.ok(next.x - seat.x >= (seat.d + next.d) / 2);
    }
  }
});
