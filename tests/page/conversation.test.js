/** A ticket as a conversation. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { andLater, draftOf, entries, isMoving, knownBefore, unfolded } from "../../web/app/conversation.js";
import { isUntouched } from "../../web/app/ticket_change.js";

const mail = (id, at, more = {}) => ({ message: { id, received_at: at, sender: { address: `${id}@example.com` }, to: [], cc: [], muted: false, ...more }, body: null });
const opened = {
  messages: [mail("m1", "2026-01-01"), mail("m2", "2026-01-02", { cc: [{ address: "Cc@example.com" }] }), mail("m3", "2026-01-03"), mail("m4", "2026-01-05", { muted: true })],
  notes: [{ id: "n1", created_at: "2026-01-09", written_at: "2026-01-04" }],
  replies: [
    { id: "r1", state: "draft", author_id: "me", changed_at: "2026-01-06" },
    { id: "r2", state: "queued", author_id: "me", changed_at: "2026-01-06", not_before: "2026-01-06T00:00:20Z" },
  ],
  timeline: [{ id: "c1", at: "2026-01-02" }],
};

test("what was sent and came back as no mail is shown as long as its text is known", () => {
  const sent = (/** @type {any} */ more) => ({ id: "r3", state: "sent", author_id: "me", changed_at: "2026-01-07", text: "It is the cable.", ...more });
  const shown = (/** @type {any} */ reply, more = {}) => entries({ ...opened, replies: [reply], ...more }).some(({ id }) => id === "r3");
  assert.ok(shown(sent({})));
  assert.ok(!shown(sent({ text: null })));
  assert.ok(!shown(sent({}), { messages: [...opened.messages, mail("m5", "2026-01-07", { reply_id: "r3" })] }));
  assert.ok(!shown(sent({}), { more_messages: true }));
});

test("everything stands in the order of its time, and a draft is not part of it", () => {
  assert.deepEqual(entries(opened).map(({ id }) => id), ["m1", "m2", "c1", "m3", "n1", "m4", "r2"]);
});

test("the newest mail of people is unfolded, and what is new to who looks", () => {
  assert.deepEqual([...unfolded(entries(opened), new Set(["m1"]))], ["m2", "m3", "m1"]);
});

test("a draft is its author's", () => {
  assert.equal(draftOf(opened, "me").id, "r1");
  assert.equal(draftOf(opened, "somebody"), null);
});

test("who took part before a mail does not count its own people", () => {
  const before = knownBefore(entries(opened));

  assert.deepEqual(before.get("m1"), []);
  assert.deepEqual(before.get("m3"), ["m1@example.com", "m2@example.com", "cc@example.com"]);
});

test("a mail and those after it are of mails alone", () => {
  assert.deepEqual(andLater(entries(opened), "m3"), ["m3", "m4"]);
});

test("a reply that leaves next week is not looked for every moment", () => {
  assert.equal(isMoving(opened, new Date("2026-01-06T00:00:00Z")), true);
  assert.equal(isMoving(opened, new Date("2026-01-01T00:00:00Z")), false);
});

test("a change goes on over somebody else's of another member, and never over one of the same", () => {
  const seen = { state: "open", assignee_id: null };
  const newest = { state: "open", assignee_id: "somebody" };

  assert.equal(isUntouched({ state: "solved" }, seen, newest), true);
  assert.equal(isUntouched({ assignee_id: "me" }, seen, newest), false);
  assert.equal(isUntouched({ add_tags: ["vip"] }, seen, newest), true);
  assert.equal(isUntouched({ fields: { f: 1 } }, seen, newest), false);
});
