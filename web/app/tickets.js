/** Lists of tickets as the page holds them: pages that follow each other, and changes that come by the feed. */

import { get } from "./api.js";

/** @typedef {Record<string, any> & { id: string, version: number, last_message_at: string }} Row */

/** The query of a list: the filters of a view, without what asks for nothing. @param {Record<string, any>} filters */
export function queryOf(filters) {
  const query = new URLSearchParams();
  const names = { mailbox_ids: "mailbox_id", states: "state" };
  for (const [name, value] of Object.entries(filters)) {
    if (value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0)) continue;
    if (name === "merged" && value === false) continue;
    query.set(/** @type {Record<string, string>} */ (names)[name] ?? name, Array.isArray(value) ? value.join(",") : String(value));
  }
  return query;
}

/** @param {URLSearchParams} query @param {string | null} cursor @param {AbortSignal} [signal] */
export function page(query, cursor, signal) {
  const asked = new URLSearchParams(query);
  asked.set("limit", "50");
  if (cursor) asked.set("cursor", cursor);
  return get(`/api/tickets/?${asked}`, { signal });
}

/** Rows with those of a later page after them; a ticket that moved stands where it was seen first. @param {Row[]} rows @param {Row[]} more */
export function joined(rows, more) {
  const known = new Set(rows.map((row) => row.id));
  return [...rows, ...more.filter((row) => !known.has(row.id))];
}

/** Rows in which the newer versions of some stand in the old ones' places. @param {Row[]} rows @param {Row[]} newer */
export function refreshed(rows, newer) {
  const by = new Map(newer.map((row) => [row.id, row]));
  return rows.map((row) => {
    const found = by.get(row.id);
    return found && found.version >= row.version ? found : row;
  });
}
