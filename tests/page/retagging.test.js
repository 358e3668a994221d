/** Giving tickets another tag, page by page. */

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.addEventListener ??= () => {};
const { retag } = await import("../../web/app/retagging.js");

/** A desk of tickets with tags; those that are `busy` refuse. */
function desk(count, busy = new Set()) {
  const tickets = Array.from({ length: count }, (_, n) => ({ id: `t_${n}`, version: 1, tags: ["old", "kept"] }));
  return {
    tickets,
    get: async (path) => {
      const query = new URL(path, "http://desk").searchParams;
      return { items: tickets.filter(({ tags }) => tags.includes(query.get("tag"))).slice(0, Number(query.get("limit"))) };
    },
    changeAll: async (rows, { add_tags = [], remove_tags }) =>
      rows.map((row) => {
        if (busy.has(row.id)) return { id: row.id, outcome: "stale" };
        row.tags = [...row.tags.filter((tag) => !remove_tags.includes(tag)), ...add_tags];
        return { id: row.id, outcome: "done" };
      }),
  };
}

test("every ticket gets the new name, page by page, and it is told how far it is", async () => {
  const here = desk(250);
  const told = [];
  assert.deepEqual(await retag("mb_1", "old", "new", (done) => told.push(done), here), { done: 250, left: 0 });
  assert.deepEqual(told, [100, 200, 250]);
  assert.ok(here.tickets.every(({ tags }) => tags.includes("new") && tags.includes("kept") && !tags.includes("old")));
});

test("a tag is taken away", async () => {
  const here = desk(3);
  await retag("mb_1", "old", null, () => {}, here);
  assert.deepEqual(here.tickets[0].tags, ["kept"]);
});

test("tickets at which somebody else is are left, and told", async () => {
  const here = desk(3, new Set(["t_1"]));
  assert.deepEqual(await retag("mb_1", "old", "new", () => {}, here), { done: 2, left: 1 });
});
