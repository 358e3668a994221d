/** What speaks against a sender, and links in plain text. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { pieces } from "../../web/app/links.js";
import { doubts, looksLike, shownSender } from "../../web/app/trust.js";

const message = (more = {}) => ({
  direction: "in", sender: { name: "Nora", address: "nora@example.com" }, reply_to: [], sender_trusted: true, authentication: { dmarc: "pass" }, new_participant: false, ...more,
});

test("nothing speaks against somebody who is known and confirmed", () => {
  assert.deepEqual(doubts(message(), ["nora@example.com"]), []);
});

test("a name that shows another address is told", () => {
  assert.deepEqual(doubts(message({ sender: { name: "boss@example.com", address: "x@example.net" } }), []), ["trust-name"]);
});

test("an address that looks like a known one is told, and a known one is not", () => {
  assert.equal(looksLike("nora@exarnple.com", ["nora@example.com"]), true);
  assert.equal(looksLike("nora@exmaple.com", ["nora@example.com"]), true);
  assert.equal(looksLike("n0ra@example.com", ["nora@example.com"]), true);
  assert.equal(looksLike("nora@example.com", ["nora@example.com", "nora@exarnple.com"]), false);
  assert.equal(looksLike("bob@example.com", ["nora@example.com"]), false);
});

test("letters of other alphabets in a domain are told", () => {
  assert.deepEqual(doubts(message({ sender: { name: "", address: "a@xn--exmple-cua.com" } }), []), ["trust-letters"]);
});

test("what we wrote ourselves is not doubted", () => {
  assert.deepEqual(doubts(message({ direction: "out", sender_trusted: false }), []), []);
});

test("a link ends before the sentence does", () => {
  assert.deepEqual(pieces("See https://example.com/a?b=1. Thanks"), [
    { text: "See " },
    { text: "https://example.com/a?b=1", href: "https://example.com/a?b=1" },
    { text: ". Thanks" },
  ]);
  assert.equal(pieces("(https://example.com/a_(b))")[1].href, "https://example.com/a_(b)");
});

test("only pages are linked", () => {
  assert.deepEqual(pieces("javascript:alert(1) data:text/html,x"), [{ text: "javascript:alert(1) data:text/html,x" }]);
});

test("a sender is shown by their name, unless it shows another address", () => {
  assert.equal(shownSender({ name: "Nora", address: "nora@example.com" }), "Nora");
  assert.equal(shownSender({ name: "boss@example.com", address: "x@example.net" }), "x@example.net");
  assert.equal(shownSender(null), "");
});
