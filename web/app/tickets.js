/** Lists of tickets as the page holds them: pages that follow each other, and changes that come by the feed. */

import { get } from "./api.js";

/** @typedef {Record<string, any> & { id: string, version: number, last_message_at: string }} Row */
/** @typedef {Record<string, any>} Filters as views have them */
/** `held`: new ones that wait until somebody wants to see them. @typedef {{ rows: Row[], held: Row[], next: string | null }} Rows */

const NAMES = /** @type {Record<string, string>} */ ({ mailbox_ids: "mailbox_id", states: "state" });
const SEVERAL = new Set(["mailbox_ids", "states"]);
const YES_NO = new Set(["snoozed", "awaiting_reply", "breached", "merged"]);
/** What can be asked for, in the order in which it stands in an address. */
export const FILTERS = ["mailbox_ids", "states", "assignee", "tag", "team_id", "priority", "snoozed", "awaiting_reply", "customer_id", "follower", "breached", "merged"];

/** What the view shows with which the desk opens, as the server has it too. @type {Record<string, Filters>} */
export const BUILT_IN = { all_open: { states: ["new", "open", "pending", "on_hold"] } };

/** Where the list stands from which a ticket is opened: that is where one goes back to. */
let shown = "";
export const listShown = () => shown;
export const showList = (/** @type {string} */ address) => void (shown = address);

/** The query of a list: the filters of a view, without what asks for nothing. @param {Filters} filters */
export function queryOf(filters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) {
    if (value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0)) continue;
    if (name === "merged" && value === false) continue;
    query.set(NAMES[name] ?? name, Array.isArray(value) ? value.join(",") : String(value));
  }
  return query;
}

/** The filters that a query asks for: what `queryOf` made of them. @param {URLSearchParams} query @returns {Filters} */
export function filtersOf(query) {
  return Object.fromEntries(
    FILTERS.map((name) => {
      const text = query.get(NAMES[name] ?? name);
      if (SEVERAL.has(name)) return [name, text ? text.split(",") : []];
      if (YES_NO.has(name)) return [name, text === null ? (name === "merged" ? false : null) : text === "true"];
      return [name, text || null];
    }),
  );
}

/** @param {URLSearchParams} query @param {string | null} cursor @param {AbortSignal} [signal] */
export function page(query, cursor, signal) {
  const asked = new URLSearchParams(query);
  asked.set("limit", "50");
  if (cursor) asked.set("cursor", cursor);
  return get(`/api/tickets/?${asked}`, { signal });
}

/** Whether a ticket belongs into a list: as the server says it. @param {Filters} f @param {Row} row @param {string} me @param {number} now */
export function fits(f, row, me, now) {
  const mine = (/** @type {string} */ id) => (id === "me" ? me : id);
  const asked = (/** @type {any} */ wanted, /** @type {any} */ is) => wanted === null || wanted === undefined || wanted === is;
  return (
    (!f.mailbox_ids?.length || f.mailbox_ids.includes(row.mailbox_id)) &&
    (!f.states?.length || f.states.includes(row.state)) &&
    (f.merged || !row.merged_into) &&
    (!f.assignee || row.assignee_id === (f.assignee === "none" ? null : mine(f.assignee))) &&
    (!f.tag || row.tags.includes(f.tag)) &&
    asked(f.team_id, row.team_id) &&
    asked(f.priority, row.priority) &&
    asked(f.customer_id, row.customer_id) &&
    (!f.follower || row.followers.includes(mine(f.follower))) &&
    asked(f.snoozed, Boolean(row.snoozed_until && Date.parse(row.snoozed_until) > now)) &&
    asked(f.breached, row.breached.length > 0) &&
    asked(f.awaiting_reply, row.awaiting_reply)
  );
}

/** Rows with those of a later page after them; a ticket that moved stands where it was seen first. @param {Row[]} rows @param {Row[]} more */
export function joined(rows, more) {
  const known = new Set(rows.map((row) => row.id));
  return [...rows, ...more.filter((row) => !known.has(row.id))];
}

/** Rows with one more at its place, the newest mail first. @param {Row[]} rows @param {Row} row */
export function placed(rows, row) {
  const others = rows.filter(({ id }) => id !== row.id);
  const at = others.findIndex((other) => other.last_message_at < row.last_message_at);
  return at < 0 ? [...others, row] : others.toSpliced(at, 0, row);
}

/**
 * Rows as they are after news. What is known changes in its place; what is new goes to the top when somebody looks at
 * the top, else it waits; what belongs here no more leaves. Older news than what is shown is no news.
 * @param {Rows} list @param {import("./feed.js").News[]} news @param {(row: Row) => boolean} belongs @param {boolean} top
 * @returns {Rows} the very same where nothing changed
 */
export function fed(list, news, belongs, top) {
  let { rows, held } = list;
  for (const one of news) {
    const row = one.ticket;
    if (one.kind === "appeared") continue;
    const known = rows.find(({ id }) => id === one.id);
    const waiting = held.find(({ id }) => id === one.id);
    const shown = known ?? waiting;
    if (one.kind === "gone" || !row) {
      const stays = (/** @type {Row} */ other) => other.id !== one.id && other.mailbox_id !== one.id;
      if (!rows.every(stays)) rows = rows.filter(stays);
      if (!held.every(stays)) held = held.filter(stays);
    } else if (shown && shown.version > row.version) continue;
    else if (!belongs(row)) {
      if (known) rows = rows.filter((other) => other !== known);
      if (waiting) held = held.filter((other) => other !== waiting);
    } else if (known) {
      const moves = top && known.last_message_at !== row.last_message_at;
      rows = moves ? placed(rows, row) : rows.with(rows.indexOf(known), row);
    } else if (waiting) held = placed(held, row);
    else if (list.next && rows.length > 0 && row.last_message_at < rows[rows.length - 1].last_message_at) continue;
    else if (top) rows = placed(rows, row);
    else held = placed(held, row);
  }
  return rows === list.rows && held === list.held ? list : { ...list, rows, held };
}

/** The ids from one row to another, whichever comes first. @param {Row[]} rows @param {string | null} from @param {string} to */
export function between(rows, from, to) {
  const end = rows.findIndex(({ id }) => id === to);
  const start = rows.findIndex(({ id }) => id === from);
  if (end < 0) return [];
  if (start < 0) return [to];
  return rows.slice(Math.min(start, end), Math.max(start, end) + 1).map(({ id }) => id);
}
