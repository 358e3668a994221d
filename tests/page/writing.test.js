/** Writing: addresses, mentions, times and drafts, without their markup. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { parsed, without, written } from "../../web/app/addresses.js";
import { resumed, same, wordsOf } from "../../web/app/reply_words.js";
import { asked, completed, matching, mentioned } from "../../web/app/mentions.js";
import { inDays, momentOf, suggested, wallOf } from "../../web/app/moments.js";

const people = [
  { id: "u1", name: "Ann" },
  { id: "u2", name: "Ann Lee" },
  { id: "u3", name: "نورة علي" },
];

test("addresses are read as people type them", () => {
  assert.deepEqual(parsed('Nora <n@example.com>; b@example.com, "Lee, Ann" <a@example.com>,'), [
    { name: "Nora", address: "n@example.com" },
    { name: "", address: "b@example.com" },
    { name: "Lee, Ann", address: "a@example.com" },
  ]);
});

test("what is written of addresses reads as the same addresses", () => {
  const all = [{ name: 'Lee, "Ann"', address: "a@example.com" }, { name: "", address: "b@example.com" }];

  assert.deepEqual(parsed(written(all)), [{ name: "Lee, 'Ann'", address: "a@example.com" }, all[1]]);
});

test("newcomers are taken off a line whatever the case of their letters", () => {
  assert.equal(without("Nora <n@example.com>, New@Example.com", ["new@example.com"]), "Nora <n@example.com>");
});

test("@ after a word is an address and asks for nobody", () => {
  assert.equal(asked("write to n@ex", 13), null);
  assert.deepEqual(asked("please @An", 10), { from: 7, word: "An" });
  assert.deepEqual(asked("(@", 2), { from: 1, word: "" });
});

test("colleagues are found by any word of their name", () => {
  assert.deepEqual(matching(people, "le").map(({ id }) => id), ["u2"]);
  assert.deepEqual(matching(people, "عل").map(({ id }) => id), ["u3"]);
  assert.equal(matching(people, "").length, 3);
});

test("choosing a colleague leaves what stands behind the cursor", () => {
  assert.deepEqual(completed("please @An look", { from: 7 }, 10, "Ann Lee"), { text: "please @Ann Lee look", cursor: 16 });
});

test("a longer name does not mention who has the shorter", () => {
  assert.deepEqual(mentioned("@Ann Lee, look", people), ["u2"]);
  assert.deepEqual(mentioned("@Ann and @Ann Lee and @نورة علي", people), ["u1", "u2", "u3"]);
});

test("a time on the wall is a moment in its zone, on both sides of a change of clocks", () => {
  assert.equal(momentOf("2026-01-05T09:00", "Europe/Berlin")?.toISOString(), "2026-01-05T08:00:00.000Z");
  assert.equal(momentOf("2026-07-05T09:00", "Europe/Berlin")?.toISOString(), "2026-07-05T07:00:00.000Z");
  assert.equal(momentOf("2026-03-29T09:00", "Europe/Berlin")?.toISOString(), "2026-03-29T07:00:00.000Z");
  assert.equal(momentOf("tomorrow", "UTC"), null);
});

test("a day later the clock on the wall shows the same, also where it was changed at night", () => {
  const evening = new Date("2026-10-24T15:00:30Z"); // 17:00 in Berlin, the day before winter time

  assert.equal(inDays(1, evening, "Europe/Berlin").toISOString(), "2026-10-25T16:00:30.000Z");
  assert.equal(inDays(7, evening, "Asia/Riyadh").toISOString(), "2026-10-31T15:00:30.000Z");
});

test("the wall shows the moment that was chosen on it", () => {
  const moment = momentOf("2026-10-25T12:30", "Asia/Riyadh");

  assert.equal(moment && wallOf(moment, "Asia/Riyadh"), "2026-10-25T12:30");
});

test("tomorrow is that of the person's zone, and Monday is not offered twice", () => {
  const sunday = suggested(new Date("2026-01-03T22:30:00Z"), "Asia/Riyadh"); // Sunday there already

  assert.deepEqual(sunday.map(({ words }) => words), ["moment-later", "moment-tomorrow"]);
  assert.equal(sunday[1].at.toISOString(), "2026-01-05T06:00:00.000Z");
});

const reply = {
  version: 3, to: [{ name: "Nora", address: "n@example.com" }], cc: [], bcc: [], subject: "Re: Printer", text: "Hello",
  quotes: true, signs: true, sender: { name: "A", address: "a@example.com" }, upload_ids: [],
};

test("without anything held a draft is what the server has", () => {
  assert.deepEqual(resumed(reply, null), { words: wordsOf(reply), unsaved: false, other: false });
  assert.equal(resumed(reply, "{broken").unsaved, false);
});

test("what was typed and not saved comes back after a reload", () => {
  const kept = JSON.stringify({ version: 3, words: { ...wordsOf(reply), text: "Hello Nora" } });

  const found = resumed(reply, kept);

  assert.equal(found.words.text, "Hello Nora");
  assert.deepEqual([found.unsaved, found.other], [true, false]);
});

test("a draft that was saved elsewhere meanwhile is not written over in silence", () => {
  const kept = JSON.stringify({ version: 2, words: { ...wordsOf(reply), text: "Mine" } });

  assert.equal(resumed(reply, kept).other, true);
});

test("another way of writing the same addresses is no change", () => {
  const words = wordsOf(reply);

  assert.equal(same(words, { ...words, to: "Nora<n@example.com> ," }), true);
  assert.equal(same(words, { ...words, signs: false }), false);
});
