/** Lists of several pages, shown as one. */

import { get } from "../../app/api.js";

const MOST_PAGES = 20;

/**
 * The first pages of a list, in one.
 * @param {string} path @param {number} pages at most @param {AbortSignal} [signal]
 * @returns {Promise<{ items: any[], next: string | null }>}
 */
export async function firstPages(path, pages, signal) {
  const items = [];
  /** @type {string | null} */
  let next = null;
  for (let page = 0; page < pages; page += 1) {
    const after = next ? `&cursor=${encodeURIComponent(next)}` : "";
    const answer = await get(`${path}${path.includes("?") ? "&" : "?"}limit=100${after}`, { signal });
    items.push(...answer.items);
    next = answer.next;
    if (!next) break;
  }
  return { items, next };
}

/** All rows of a list, page after page. @param {string} path @param {AbortSignal} [signal] @returns {Promise<any[]>} */
export const everything = async (path, signal) => (await firstPages(path, MOST_PAGES, signal)).items;

/** The mailboxes that one may see and that are there. @param {AbortSignal} [signal] */
export const mailboxList = async (signal) => (await everything("/api/admin/mailboxes", signal)).filter(({ address }) => address);
