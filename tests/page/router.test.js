/** Where the page is. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { link, read } from "../../web/app/router.js";

test("a link leads to where it says", () => {
  const to = link(["tickets", "t_1"], { view: "mine", q: "" });

  assert.equal(to, "#/tickets/t_1?view=mine");
  const place = read(to);
  assert.deepEqual(place.parts, ["tickets", "t_1"]);
  assert.equal(place.query.get("view"), "mine");
});

test("words with any characters come back as they were", () => {
  const words = "a/b?c=d&e #ü طلب";

  assert.equal(read(link(["tickets"], { q: words })).query.get("q"), words);
  assert.deepEqual(read(link([words])).parts, [words]);
});

test("a link that was cut is a place and no error", () => {
  assert.deepEqual(read("#/invitation/%E0%A4%A").parts, ["invitation", "%E0%A4%A"]);
  assert.deepEqual(read("").parts, []);
});
