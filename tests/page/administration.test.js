/** What forms of the administration hold, and what of it is sent. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { sectionsFor } from "../../web/app/administration.js";
import { changed, listed, moved, same } from "../../web/app/draft.js";
import { clockOf, hoursOf, minutesOf, nextSpan, weekOf, wrongDays } from "../../web/app/hours.js";
import { conditionOn, meant, missingOf, operatorsOf, valuesOf } from "../../web/app/rules.js";

test("only what was changed is sent", () => {
  const before = { name: "Night", member_ids: ["u_1"], active: true, version: 3 };

  assert.deepEqual(changed(before, { name: "Night", member_ids: ["u_1", "u_2"], active: true }), { member_ids: ["u_1", "u_2"] });
});

test("the order of members and members without a value make no difference", () => {
  assert.ok(same({ a: 1, b: null }, { a: 1 }));
  assert.ok(same({ a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }));
  assert.ok(!same(["a", "b"], ["b", "a"]));
});

test("a rule moves by one place and not beyond the ends", () => {
  assert.deepEqual(moved(["a", "b", "c"], 0, 1), ["b", "a", "c"]);
  assert.deepEqual(moved(["a", "b", "c"], 2, 0), ["c", "a", "b"]);
  assert.deepEqual(moved(["a", "b"], 0, -1), ["a", "b"]);
  assert.deepEqual(moved(["a", "b"], 1, 2), ["a", "b"]);
});

test("words stand on lines or between commas of both scripts, each once", () => {
  assert.deepEqual(listed("invoice, bill\nفاتورة، bill\n\n"), ["invoice", "bill", "فاتورة"]);
});

test("a week comes back as it went into the form", () => {
  const hours = { mon: ["09:00-12:00", "13:00-24:00"], sat: ["22:00-06:00"] };

  assert.deepEqual(hoursOf(weekOf(hours)), hours);
});

test("a day without openings is left out, and one without an end is wrong", () => {
  const week = { ...weekOf({}), tue: [{ from: "09:00", to: "" }], wed: [{ from: "09:00", to: "09:00" }] };

  assert.deepEqual(hoursOf(weekOf({})), {});
  assert.deepEqual(wrongDays(week), ["tue", "wed"]);
});

test("another opening begins where the last one ends", () => {
  assert.deepEqual(nextSpan([]), { from: "09:00", to: "17:00" });
  assert.deepEqual(nextSpan([{ from: "09:00", to: "12:00" }]), { from: "12:00", to: "" });
});

test("promised times are hours and minutes", () => {
  assert.deepEqual(["4", "4:30", "0:15", "", " "].map(minutesOf), [240, 270, 15, null, null]);
  assert.ok(Number.isNaN(minutesOf("soon")) && Number.isNaN(minutesOf("1:75")));
  assert.deepEqual([270, 15, 0, null].map(clockOf), ["4:30", "0:15", "", ""]);
});

test("one sees of the administration what one may do there", () => {
  assert.deepEqual(sectionsFor((permission) => permission === "rule:manage").map(({ name }) => name), ["rules", "tags"]);
  assert.deepEqual(sectionsFor(() => false), []);
});

test("a text is compared by its parts, what is chosen only whole", () => {
  assert.deepEqual(operatorsOf("subject"), ["contains", "contains_not", "is", "is_not"]);
  assert.deepEqual(operatorsOf("state"), ["is", "is_not"]);
  assert.deepEqual(valuesOf("team", { people: [], teams: ["tm_1"] }), ["", "tm_1"]);
  assert.equal(valuesOf("tag", { people: [], teams: [] }), null);
});

test("a rule says what it still needs", () => {
  const rule = { when: ["ticket_created"], conditions: [], actions: { priority: "high", add_tags: [] } };

  assert.equal(missingOf(rule), null);
  assert.equal(missingOf({ ...rule, when: [] }), "when");
  assert.equal(missingOf({ ...rule, conditions: [conditionOn("subject")] }), "values");
  assert.equal(missingOf({ ...rule, actions: { add_tags: [], note: "" } }), "actions");
  assert.deepEqual(meant({ state: null, add_tags: ["a"], note: "" }), { add_tags: ["a"] });
});
