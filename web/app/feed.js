/**
 * The news of the desk: one cursor for the whole page, asked again and again. A page that was away asks with the
 * cursor it had and is told all that it missed; one whose cursor is not taken any more is told to look anew.
 */

import { get } from "./api.js";

/**
 * @typedef {object} News
 * @property {"changed" | "gone" | "appeared"} kind
 * @property {string} id of a ticket, or of a mailbox that one has left or joined
 * @property {string} mailbox_id
 * @property {number | null} version
 * @property {import("./tickets.js").Row | null} ticket
 */

/** `lost`: something may have been missed, what is shown is to be loaded anew. @typedef {{ news: News[], lost: boolean }} Told */

const REMEMBERED_MS = 60_000;

export class Feed {
  /** @param {(cursor: string | null) => Promise<{ items: News[], next: string, more: boolean }>} ask @param {() => number} [now] */
  constructor(ask, now = Date.now) {
    this.ask = ask;
    this.now = now;
    this.connected = true;
    /** @type {string | null} */
    this.cursor = null;
    /** @type {Promise<void> | null} */
    this.running = null;
    /** @type {{ at: number, one: News }[]} */
    this.told = [];
    /** @type {Set<(told: Told) => void>} */
    this.listeners = new Set();
    /** @type {Set<() => void>} */
    this.watchers = new Set();
  }

  /** @param {(told: Told) => void} tell */
  follow(tell) {
    this.listeners.add(tell);
    return () => void this.listeners.delete(tell);
  }

  /** Hear when the connection is lost, and when it is back. @param {() => void} tell */
  watch(tell) {
    this.watchers.add(tell);
    return () => void this.watchers.delete(tell);
  }

  /** What was told a moment ago: a list that was being loaded then may not have it yet. */
  recent() {
    return this.told.map(({ one }) => one);
  }

  /** Begin anew, as if nothing had been told. */
  forget() {
    this.cursor = null;
    this.told = [];
  }

  /** Ask for news, and for more while there is some; a second call waits for the first. */
  look() {
    this.running ??= this.#look().finally(() => (this.running = null));
    return this.running;
  }

  async #look() {
    try {
      for (let more = true; more; ) {
        const answer = await this.ask(this.cursor);
        this.cursor = answer.next;
        more = answer.more;
        this.#tell({ news: answer.items, lost: answer.items.some(({ kind }) => kind === "appeared") });
      }
      this.#connect(true);
    } catch (error) {
      const { status, code } = /** @type {any} */ (error) ?? {};
      if (code === "cursor.invalid") {
        this.cursor = null;
        this.#tell({ news: [], lost: true });
      } else if (status !== 401) this.#connect(false);
    }
  }

  /** @param {Told} told */
  #tell(told) {
    const old = this.now() - REMEMBERED_MS;
    this.told = [...this.told.filter(({ at }) => at > old), ...told.news.map((one) => ({ at: this.now(), one }))];
    if (told.news.length > 0 || told.lost) for (const tell of this.listeners) tell(told);
  }

  /** @param {boolean} connected */
  #connect(connected) {
    if (connected === this.connected) return;
    this.connected = connected;
    for (const tell of this.watchers) tell();
  }
}

export const feed = new Feed((cursor) => get(`/api/tickets/feed?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`));
