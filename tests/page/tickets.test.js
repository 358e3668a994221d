/** Lists of tickets as the page holds them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { joined, queryOf, refreshed } from "../../web/app/tickets.js";

const row = (id, version = 1) => ({ id, version, last_message_at: "2026-01-01T00:00:00.000Z" });

test("a filter asks for what it names and nothing else", () => {
  const filters = { mailbox_ids: [], states: ["new", "open"], assignee: "me", tag: null, snoozed: null, merged: false };

  assert.equal(queryOf(filters).toString(), "state=new%2Copen&assignee=me");
});

test("no is an answer of its own", () => {
  assert.equal(queryOf({ snoozed: false }).toString(), "snoozed=false");
});

test("a ticket that moved between two pages is shown once", () => {
  assert.deepEqual(joined([row("a"), row("b")], [row("b", 2), row("c")]).map(({ id }) => id), ["a", "b", "c"]);
});

test("news replaces what is older and never what is newer", () => {
  const rows = refreshed([row("a", 3), row("b", 1)], [row("a", 2), row("b", 2), row("z", 1)]);

  assert.deepEqual(rows.map(({ id, version }) => [id, version]), [["a", 3], ["b", 2]]);
});
