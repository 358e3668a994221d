/** Changes of many tickets: which are meant, what they will look like, what became of each, and how it is undone. */

import { post } from "./api.js";
import { feed } from "./feed.js";
import { show } from "./worklist.js";

/** @typedef {import("./tickets.js").Row} Row */
/** @typedef {{ id: string, outcome: "done" | "stale" | "not_found" | "refused" | "ask_again", version: number | null, code: string | null, changed_by: string | null }} Outcome */

const AT_ONCE = 100;

/** A row as a change will leave it, as far as the page can know. @param {Row} row @param {Record<string, any>} change @returns {Row} */
export function changed(row, { add_tags = [], remove_tags = [], ...set }) {
  const tags = [...new Set([...row.tags, ...add_tags])].filter((tag) => !remove_tags.includes(tag));
  const opens = row.state === "new" && set.assignee_id && !set.state;
  return { ...row, ...set, tags, state: opens ? "open" : (set.state ?? row.state) };
}

/** What gives rows back what a change took, grouped by what that is. @param {Row[]} rows @param {Record<string, any>} change */
export function undoing(rows, change) {
  /** @type {Map<string, { change: Record<string, any>, ids: string[] }>} */
  const groups = new Map();
  for (const row of rows) {
    const back = Object.fromEntries(Object.keys(change).filter((name) => !name.endsWith("_tags")).map((name) => [name, row[name]]));
    if (change.add_tags) back.remove_tags = change.add_tags.filter((/** @type {string} */ tag) => !row.tags.includes(tag));
    if (change.remove_tags) back.add_tags = change.remove_tags.filter((/** @type {string} */ tag) => row.tags.includes(tag));
    if (change.assignee_id && !change.state && row.state === "new") back.state = "new";
    const key = JSON.stringify(back);
    if (!groups.has(key)) groups.set(key, { change: back, ids: [] });
    groups.get(key)?.ids.push(row.id);
  }
  return [...groups.values()];
}

/**
 * Change tickets; every list shows it at once, and afterwards what became of each.
 * @param {Row[]} rows @param {Record<string, any>} change @param {typeof post} [send]
 * @returns {Promise<Outcome[]>} raises a Problem where nothing was done
 */
export async function changeAll(rows, change, send = post) {
  show(rows.map((row) => changed(row, change)));
  /** @type {Outcome[]} */
  const outcomes = [];
  try {
    for (let start = 0; start < rows.length; start += AT_ONCE) {
      const tickets = rows.slice(start, start + AT_ONCE).map(({ id, version }) => ({ id, version }));
      outcomes.push(...(await send("/api/tickets/bulk", { tickets, change })).items);
    }
  } catch (problem) {
    if (outcomes.length === 0) {
      show(rows);
      throw problem;
    }
  }
  const by = new Map(outcomes.map((one) => [one.id, one]));
  const asked = rows.map((row) => by.get(row.id) ?? /** @type {Outcome} */ ({ id: row.id, outcome: "ask_again", version: null, code: null, changed_by: null }));
  show(rows.filter((_, n) => asked[n].outcome !== "done"));
  show(rows.flatMap((row, n) => (asked[n].outcome === "done" ? [{ ...changed(row, change), version: asked[n].version ?? row.version }] : [])));
  void feed.look();
  return asked;
}
