/** News of tickets, and lists that are kept right by them. */

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.addEventListener ??= () => {};
const { Feed } = await import("../../web/app/feed.js");
const { changeAll } = await import("../../web/app/changes.js");
const { Worklist, worklist } = await import("../../web/app/worklist.js");
const { Problem } = await import("../../web/app/api.js");

const row = (id, more = {}) => ({
  id, version: 1, last_message_at: "2026-01-01T00:00:00.000Z", mailbox_id: "mb_1", state: "open", assignee_id: null, tags: [], followers: [], breached: [], merged_into: null, ...more,
});
const told = (ticket) => ({ kind: "changed", id: ticket.id, mailbox_id: "mb_1", version: ticket.version, ticket });

test("the feed goes on from its cursor, and asks at once while there is more", async () => {
  const answers = [{ items: [], next: "1", more: false }, { items: [told(row("a"))], next: "2", more: true }, { items: [told(row("b"))], next: "3", more: false }];
  const asked = [];
  const feed = new Feed((cursor) => (asked.push(cursor), Promise.resolve(answers.shift())));
  const heard = [];
  feed.follow(({ news }) => heard.push(...news.map(({ id }) => id)));

  await feed.look();
  await feed.look();

  assert.deepEqual(asked, [null, "1", "2"]);
  assert.deepEqual(heard, ["a", "b"]);
  assert.equal(feed.recent().length, 2);
});

test("who was offline goes on with the same cursor; a cursor that is not taken begins anew", async () => {
  const answers = [() => ({ items: [], next: "1", more: false }), () => Promise.reject(new Problem(0, "page.offline")), () => Promise.reject(new Problem(422, "cursor.invalid"))];
  const asked = [];
  const feed = new Feed(async (cursor) => (asked.push(cursor), answers.shift()()));
  const seen = [];
  feed.watch(() => seen.push(feed.connected));
  feed.follow(({ lost }) => seen.push(lost ? "lost" : "news"));

  await feed.look();
  await feed.look();
  await feed.look();

  assert.deepEqual(asked, [null, "1", "1"]);
  assert.deepEqual(seen, [false, "lost"]);
  assert.equal(feed.cursor, null);
});

test("a list is loaded by one request, grows by pages and forgets nothing that came meanwhile", async () => {
  const pages = [{ items: [row("a")], next: "n" }, { items: [row("a"), row("b")], next: null }];
  const list = new Worklist({ states: ["open"] }, "u_me", async () => pages.shift());

  await list.load();
  await list.more();

  assert.deepEqual(list.list.rows.map(({ id }) => id), ["a", "b"]);
  assert.equal(list.list.next, null);
});

test("a change shows at once; what was not done is as it was before", async () => {
  const list = worklist({ states: ["open"] }, "u_me");
  list.ask = async () => ({ items: [row("a"), row("b", { last_message_at: "2025-12-01T00:00:00.000Z" })], next: null });
  await list.load();
  let during = "";
  const send = async () => {
    during = list.list.rows.map(({ id }) => id).join("");
    return { items: [{ id: "a", outcome: "done", version: 2, code: null, changed_by: null }, { id: "b", outcome: "stale", version: 5, code: "ticket.changed_meanwhile", changed_by: null }] };
  };

  const outcomes = await changeAll(list.list.rows, { state: "solved" }, send);

  assert.equal(during, "");
  assert.deepEqual(outcomes.map(({ outcome }) => outcome), ["done", "stale"]);
  assert.deepEqual(list.list.rows.map(({ id, state }) => [id, state]), [["b", "open"]]);
});

test("where the desk did not answer, nothing is lost", async () => {
  const list = worklist({ states: ["open"], assignee: "none" }, "u_me");
  list.ask = async () => ({ items: [row("a")], next: null });
  await list.load();

  await assert.rejects(changeAll(list.list.rows, { assignee_id: "u_me" }, () => Promise.reject(new Problem(0, "page.offline"))));

  assert.deepEqual(list.list.rows.map(({ id, assignee_id }) => [id, assignee_id]), [["a", null]]);
});
