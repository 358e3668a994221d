/**
 * The lists that somebody works through: loaded once, then kept right by the feed, also while another page is shown.
 * A change is shown at once; what the server did not do goes back to what it was.
 */

import { feed } from "./feed.js";
import { fed, fits, joined, page, placed, queryOf } from "./tickets.js";

/** @typedef {import("./tickets.js").Row} Row */

const KEPT = 6;

export class Worklist {
  /** @param {import("./tickets.js").Filters} filters @param {string} me @param {typeof page} [ask] */
  constructor(filters, me, ask = page) {
    this.filters = filters;
    this.query = queryOf(filters);
    this.me = me;
    this.ask = ask;
    /** @type {import("./tickets.js").Rows} */
    this.list = { rows: [], held: [], next: null };
    this.state = /** @type {"empty" | "loading" | "shown"} */ ("empty");
    this.growing = false;
    /** @type {unknown} */
    this.problem = null;
    this.stale = true;
    this.scroll = 0;
    /** @type {string | null} */
    this.at = null;
    /** Whether somebody looks at the top, and marks nothing. */
    this.top = () => true;
    /** @type {Set<() => void>} */
    this.listeners = new Set();
  }

  /** @param {() => void} tell */
  listen(tell) {
    this.listeners.add(tell);
    return () => void this.listeners.delete(tell);
  }

  /** Load the first page, and what was told while it came. */
  async load() {
    this.problem = null;
    if (this.state === "empty") this.state = "loading";
    this.stale = false;
    this.#tell();
    try {
      const { items, next } = await this.ask(this.query, null);
      this.#set(fed({ rows: items, held: [], next }, feed.recent(), this.#belongs, true));
    } catch (problem) {
      this.problem = problem;
      this.stale = true;
    }
    this.state = this.state === "loading" && this.problem ? "empty" : "shown";
    this.#tell();
  }

  /** Load the next page after what is shown. */
  async more() {
    if (this.growing || !this.list.next) return;
    this.growing = true;
    this.#tell();
    try {
      const { items, next } = await this.ask(this.query, this.list.next);
      const waiting = new Set(this.list.held.map(({ id }) => id));
      const rows = joined(this.list.rows, items.filter((/** @type {Row} */ row) => !waiting.has(row.id)));
      this.#set(fed({ ...this.list, rows, next }, feed.recent(), this.#belongs, false));
    } catch (problem) {
      this.problem = problem;
    }
    this.growing = false;
    this.#tell();
  }

  /** @param {import("./feed.js").Told} told */
  take({ news, lost }) {
    if (this.state !== "shown") return;
    if (lost) this.stale = true;
    const after = fed(this.list, news, this.#belongs, this.listeners.size === 0 || this.top());
    if (after === this.list && !lost) return;
    this.#set(after);
    this.#tell();
  }

  /** Show what waited. */
  reveal() {
    this.#set({ ...this.list, rows: this.list.held.reduce(placed, this.list.rows), held: [] });
    this.#tell();
  }

  /** Show some rows otherwise than they were told; those that do not belong here leave. @param {Row[]} rows */
  show(rows) {
    let after = this.list.rows;
    for (const row of rows) {
      const known = after.find(({ id }) => id === row.id);
      if (known && known.version > row.version) continue; // the feed was faster
      if (!this.#belongs(row)) after = known ? after.filter((other) => other !== known) : after;
      else if (known) after = after.with(after.indexOf(known), row);
      else if (!this.list.next || after.some((other) => other.last_message_at < row.last_message_at)) after = placed(after, row);
    }
    this.#set({ ...this.list, rows: after });
    this.#tell();
  }

  #belongs = (/** @type {Row} */ row) => fits(this.filters, row, this.me, Date.now());

  /** @param {import("./tickets.js").Rows} list */
  #set(list) {
    this.list = list;
  }

  #tell() {
    for (const tell of this.listeners) tell();
  }
}

/** @type {Map<string, Worklist>} the one that was shown last comes last */
const lists = new Map();

/** Forget all lists: somebody else looks now. */
export const forgetLists = () => lists.clear();

/** The list of these filters, as it was when it was shown last. @param {import("./tickets.js").Filters} filters @param {string} me */
export function worklist(filters, me) {
  const key = `${me} ${queryOf(filters)}`;
  const found = lists.get(key) ?? new Worklist(filters, me);
  lists.delete(key);
  lists.set(key, found);
  for (const old of [...lists.keys()].slice(0, -KEPT)) lists.delete(old);
  return found;
}

/** The list that was shown last: from which a ticket is opened. */
export const lastShown = () => [...lists.values()].at(-1);

/** What lists show of a ticket: enough to say what it is before it comes. @param {string} id */
export const knownRow = (id) => [...lists.values()].flatMap(({ list }) => list.rows).find((row) => row.id === id);

/** Keep all lists right. */
export const keepRight = () => feed.follow((told) => lists.forEach((list) => list.take(told)));

/** Show rows otherwise than they were told, in every list. @param {Row[]} rows */
export function show(rows) {
  for (const list of lists.values()) if (list.state === "shown") list.show(rows);
}

/** The tags of all tickets that are known, for who types one. */
export const knownTags = () => [...new Set([...lists.values()].flatMap(({ list }) => list.rows.flatMap(({ tags }) => tags)))].sort();
