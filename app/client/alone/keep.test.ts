import assert from "node:assert/strict";
import { test } from "node:test";
import type { View } from "../wire.gen.ts";
import { mayStay } from "./keep.ts";

const at = (status: string, trace: string) => mayStay({ session: { status, trace } } as View);

test("while the session lasts it may stay on this device, whatever the group keeps", () => {
  for (const trace of ["none", "client", "client+learnings"]) {
    assert.equal(at("open", trace), true);
    assert.equal(at("running", trace), true);
  }
});

test("a group that keeps nothing leaves nothing behind at the end; the others until it closes", () => {
  assert.equal(at("ended", "none"), false);
  assert.equal(at("ended", "client"), true);
  assert.equal(at("closed", "client+learnings"), false);
});
