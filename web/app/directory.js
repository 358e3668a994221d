/** Names that lists need: colleagues, teams and mailboxes, asked once and again after a while. */

import { useEffect, useState } from "preact/hooks";
import { get } from "./api.js";
import { current, may } from "./session.js";

const PATHS = { people: "/api/tickets/people", teams: "/api/tickets/teams", mailboxes: "/api/admin/mailboxes" };
const KEPT_MS = 300_000;
const PAGES = 10;

/** @type {Map<string, { until: number, items: Promise<any[]> }>} */
const asked = new Map();

/** @param {keyof typeof PATHS} kind @returns {Promise<any[]>} */
export function directory(kind) {
  const key = `${kind} ${current().user?.id}`;
  const known = asked.get(key);
  if (known && known.until > Date.now()) return known.items;
  const items = may(kind === "mailboxes" ? "mailbox:read" : "ticket:read") ? all(PATHS[kind]) : Promise.resolve([]);
  asked.set(key, { until: Date.now() + KEPT_MS, items });
  items.catch(() => asked.delete(key));
  return items;
}

/** @param {keyof typeof PATHS} kind @returns {any[]} nobody until they are known */
export function useDirectory(kind) {
  const [items, setItems] = useState(/** @type {any[]} */ ([]));
  useEffect(() => void directory(kind).then(setItems, () => {}), [kind]);
  return items;
}

/** @param {string} path */
async function all(path) {
  if (path === PATHS.teams) return (await get(path)).items;
  /** @type {any[]} */
  const items = [];
  let cursor = "";
  for (let n = 0; n < PAGES; n++) {
    const answer = await get(`${path}?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    items.push(...answer.items);
    if (!answer.next) break;
    cursor = answer.next;
  }
  return items;
}

/** The first letters of a name, for where there is room for no more. @param {string} name */
export function initials(name) {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return letters.map((word) => [...new Intl.Segmenter().segment(word)][0].segment.toLocaleUpperCase()).join("");
}
