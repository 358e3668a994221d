/** Keys that do something. */

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.addEventListener ??= () => {};
const { meant, nameOf, offer, offered } = await import("../../web/app/shortcuts.js");

const key = (name, more = {}) => ({ key: name, code: "", ctrlKey: false, metaKey: false, altKey: false, ...more });

test("a key has one name, whatever the keyboard calls its modifier", () => {
  assert.equal(nameOf(key("J")), "j");
  assert.equal(nameOf(key("Enter", { metaKey: true })), "Mod+Enter");
  assert.equal(nameOf(key("Enter", { ctrlKey: true })), "Mod+Enter");
});

test("a key is known by its place where it writes other letters than Latin ones", () => {
  assert.equal(nameOf(key("ت", { code: "KeyJ" })), "j");
  assert.equal(nameOf(key("لا", { code: "KeyB" })), "b");
  assert.equal(nameOf(key("ظ", { code: "Slash" })), "/");
  assert.equal(nameOf(key("ز", { code: "Period" })), ".");
  assert.equal(nameOf(key("؟", { code: "Slash" })), "?");
  assert.equal(nameOf(key("о", { code: "KeyJ" })), "j");
  assert.equal(nameOf(key("é", { code: "Digit2" })), "é");
  assert.equal(nameOf(key("a", { code: "KeyQ" })), "a");
});

test("the innermost thing gets the key, and gives it back", () => {
  const said = [];
  const outer = [{ keys: "e", words: "outer", run: () => said.push("outer") }];
  offer(() => outer);
  const back = offer(() => [{ keys: "e", words: "inner", run: () => said.push("inner") }]);

  offered()[0].run();
  outer.push({ keys: "j", words: "next", run: () => said.push("next") }); // it offers more: it is no further in
  assert.equal(offered().length, 2);
  offered()[0].run();
  back();
  offered()[0].run();

  assert.deepEqual(said, ["inner", "inner", "outer"]);
});

test("two keys, one after the other, are one; too late, they are two", () => {
  const all = [{ keys: "g m", words: "mine", run() {} }, { keys: "m", words: "mark", run() {} }];

  assert.equal(meant("g", all, 0), "begun");
  assert.equal(meant("m", all, 100).words, "mine");
  assert.equal(meant("m", all, 200).words, "mark");
  assert.equal(meant("g", all, 0), "begun");
  assert.equal(meant("m", all, 9_000).words, "mark");
  assert.equal(meant("y", all, 0), null);
});
