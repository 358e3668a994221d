/** Where the parts of a chart stand. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { bars, heightOf, labelled, lastDays, line, steps } from "../../web/app/charts.js";

test("an axis goes in round steps to what is largest", () => {
  assert.deepEqual(steps(17), [0, 5, 10, 15, 20]);
  assert.deepEqual(steps(100), [0, 50, 100]);
  assert.deepEqual(steps(0), [0, 1]);
  assert.deepEqual(steps(2), [0, 0.5, 1, 1.5, 2]);
  assert.deepEqual(steps(2, 1), [0, 1, 2]);
  for (const largest of [1, 3, 7, 99, 1234, 86_400]) assert.ok((steps(largest).at(-1) ?? 0) >= largest, String(largest));
});

test("bars stand in order, and the other way where the script does", () => {
  const frame = { width: 100, height: 50, end: 10 };
  const [first, second] = bars([[10, 5]], frame);
  const [mirroredFirst] = bars([[10, 5]], { ...frame, mirrored: true });

  assert.equal(first?.height, 50);
  assert.equal(second?.height, 25);
  assert.ok((first?.x ?? 0) < (second?.x ?? 0));
  assert.ok((mirroredFirst?.x ?? 0) > 50);
});

test("a line is broken where there is no value", () => {
  assert.equal(line([0, 10, null, 5], { width: 40, height: 10, end: 10 }), "M5 10L15 0M35 5");
  assert.equal(line([0, 10], { width: 40, height: 10, end: 10, mirrored: true }), "M30 10L10 0");
});

test("an axis without an end draws nothing", () => {
  assert.equal(heightOf(5, 0, 100), 0);
  assert.equal(heightOf(-5, 10, 100), 0);
});

test("the last days are those of the reader's time zone", () => {
  const late = new Date("2026-03-01T23:30:00Z");

  assert.deepEqual(lastDays(2, late, "UTC"), { since: "2026-02-28", until: "2026-03-01" });
  assert.equal(lastDays(1, late, "Asia/Riyadh").until, "2026-03-02");
});

test("labels are left out where there is no room", () => {
  assert.deepEqual(labelled(4, 8), [0, 1, 2, 3]);
  assert.deepEqual(labelled(30, 8), [0, 4, 8, 12, 16, 20, 24, 28]);
});
