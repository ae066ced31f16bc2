import assert from "node:assert/strict";
import { test } from "node:test";
import { leadsTo } from "./around.ts";

test("arrows go round the table and come back to the first seat", () => {
  assert.equal(leadsTo("ArrowRight", 0, 9), 1);
  assert.equal(leadsTo("ArrowDown", 8, 9), 0);
  assert.equal(leadsTo("ArrowLeft", 0, 9), 8);
  assert.equal(leadsTo("ArrowUp", 3, 9), 2);
});

test("Home and End lead to the viewer's own seat and the last one", () => {
  assert.equal(leadsTo("Home", 5, 9), 0);
  assert.equal(leadsTo("End", 0, 9), 8);
});

test("other keys, and an empty table, lead nowhere", () => {
  assert.equal(leadsTo("h", 2, 9), null);
  assert.equal(leadsTo("ArrowRight", 0, 0), null);
});
