// Checks that a single voice that does not come is asked for again, once, and that no silence of another kind is taken for it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Owed } from "./owed.ts";

/** Looks every two seconds at voices that grow, or not. */
class Page {
  readonly owed = new Owed();
  readonly packets = new Map([
    ["awa", 0],
    ["luc", 0],
  ]);
  readonly named: string[] = [];
  now = 0;

  /** Lets time pass; `speaks` are those of whom packets come, `open` those whose microphone is open. */
  pass(ms: number, speaks: readonly string[], open: readonly string[] = ["awa", "luc"]): void {
    for (const end = this.now + ms; this.now < end; ) {
      this.now += 2000;
      for (const voice of speaks) this.packets.set(voice, (this.packets.get(voice) ?? 0) + 5);
      const seen = new Map([...this.packets].filter(([voice]) => open.includes(voice)));
      this.named.push(...this.owed.look(seen, this.now));
    }
  }
}

test("a voice of which nothing comes for ten seconds is named, once", () => {
  const page = new Page();
  page.pass(60_000, ["awa"]);
  assert.deepEqual(page.named, ["luc"]);
  const broken = new Page();
  broken.pass(20_000, ["awa", "luc"]);
  assert.deepEqual(broken.named, []);
  broken.pass(8000, ["awa"]);
  assert.deepEqual(broken.named, [], "not too soon");
  broken.pass(4000, ["awa"]);
  assert.deepEqual(broken.named, ["luc"]);
});

test("a closed microphone owes nothing, and when it opens it is counted afresh", () => {
  const page = new Page();
  page.pass(60_000, ["awa"], ["awa"]);
  page.pass(8000, ["awa"]);
  page.pass(60_000, ["awa", "luc"]);
  assert.deepEqual(page.named, []);
});

test("when nothing at all came, or the machine slept, nobody in particular is missed", () => {
  const page = new Page();
  page.pass(10_000, ["awa", "luc"]);
  page.now += 300_000; // not looked at
  page.pass(8000, []);
  page.pass(10_000, ["awa", "luc"]);
  assert.deepEqual(page.named, []);
});
