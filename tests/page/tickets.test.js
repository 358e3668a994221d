/** Lists of tickets as the page holds them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { changed, undoing } from "../../web/app/changes.js";
import { between, fed, filtersOf, fits, joined, queryOf } from "../../web/app/tickets.js";

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

const whole = (id, at, more = {}) => ({
  id, version: 1, last_message_at: `2026-01-01T00:00:${at}.000Z`, mailbox_id: "mb_1", state: "open", assignee_id: null, team_id: null, priority: "normal", tags: [],
  followers: [], breached: [], snoozed_until: null, awaiting_reply: true, merged_into: null, customer_id: null, ...more,
});
const told = (ticket) => ({ kind: "changed", id: ticket.id, mailbox_id: ticket.mailbox_id, version: ticket.version, ticket });
const ids = (rows) => rows.map(({ id }) => id).join("");
const anything = () => true;

test("what an address asks for is what was asked", () => {
  const filters = filtersOf(new URLSearchParams("state=new%2Copen&assignee=me&snoozed=false&tag="));

  assert.deepEqual([filters.states, filters.assignee, filters.snoozed, filters.tag, filters.merged], [["new", "open"], "me", false, null, false]);
  assert.equal(filtersOf(queryOf(filters)).assignee, "me");
});

test("a ticket belongs where every condition holds", () => {
  const now = Date.parse("2026-01-02T00:00:00Z");
  const does = (filters, more) => fits(filtersOf(new URLSearchParams(filters)), whole("a", "01", more), "u_me", now);

  assert.ok(does("state=open&assignee=none"));
  assert.ok(does("assignee=me", { assignee_id: "u_me" }));
  assert.ok(!does("assignee=me"));
  assert.ok(!does("state=new"));
  assert.ok(does("snoozed=false", { snoozed_until: "2026-01-01T12:00:00Z" }));
  assert.ok(!does("snoozed=false", { snoozed_until: "2026-01-03T12:00:00Z" }));
  assert.ok(!does("", { merged_into: "t_other" }));
  assert.ok(does("merged=true", { merged_into: "t_other" }));
  assert.ok(does("breached=true", { breached: ["solve"] }));
  assert.ok(!does("mailbox_id=mb_2"));
});

test("at the top new mail appears by itself, elsewhere it waits", () => {
  const list = { rows: [whole("a", "05"), whole("b", "03")], held: [], next: null };
  const news = [told(whole("c", "06"))];

  assert.equal(ids(fed(list, news, anything, true).rows), "cab");
  const below = fed(list, news, anything, false);
  assert.equal(ids(below.rows), "ab");
  assert.equal(ids(below.held), "c");
});

test("a row changes in its place, and moves only for who looks at the top", () => {
  const list = { rows: [whole("a", "05"), whole("b", "03")], held: [], next: null };
  const news = [told(whole("b", "07", { version: 2 }))];

  assert.equal(ids(fed(list, news, anything, false).rows), "ab");
  assert.equal(fed(list, news, anything, false).rows[1].version, 2);
  assert.equal(ids(fed(list, news, anything, true).rows), "ba");
});

test("old news is none, and what is beyond the loaded rows comes with its page", () => {
  const list = { rows: [whole("a", "05", { version: 3 })], held: [], next: "more" };

  assert.equal(fed(list, [told(whole("a", "05", { version: 2, state: "solved" }))], () => false, true), list);
  assert.equal(fed(list, [told(whole("z", "01"))], anything, true), list);
});

test("what belongs here no more leaves, and so does a whole mailbox", () => {
  const list = { rows: [whole("a", "05"), whole("b", "03", { mailbox_id: "mb_2" })], held: [whole("c", "06", { mailbox_id: "mb_2" })], next: null };

  assert.equal(ids(fed(list, [told(whole("a", "05", { version: 2 }))], () => false, true).rows), "b");
  const left = fed(list, [{ kind: "gone", id: "mb_2", mailbox_id: "mb_2", version: null, ticket: null }], anything, true);
  assert.equal(ids(left.rows) + ids(left.held), "a");
});

test("a range is what stands between, whichever was marked first", () => {
  const rows = [whole("a", "05"), whole("b", "04"), whole("c", "03")];

  assert.deepEqual(between(rows, "c", "a"), ["a", "b", "c"]);
  assert.deepEqual(between(rows, null, "b"), ["b"]);
  assert.deepEqual(between(rows, "a", "x"), []);
});

test("undoing gives each row back what it had", () => {
  const rows = [whole("a", "05", { state: "new" }), whole("b", "04", { tags: ["vip"] })];

  assert.deepEqual(undoing(rows, { state: "solved" }).map(({ change, ids: some }) => [change.state, some]), [["new", ["a"]], ["open", ["b"]]]);
  assert.deepEqual(undoing(rows, { add_tags: ["vip"] }).map(({ change }) => change.remove_tags), [["vip"], []]);
  assert.equal(changed(rows[0], { assignee_id: "u_1" }).state, "open");
  assert.equal(undoing(rows, { assignee_id: "u_1" })[0].change.state, "new");
});
