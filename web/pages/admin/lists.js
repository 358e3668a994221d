/** Lists that are short enough to be shown whole. */

import { get } from "../../app/api.js";

const MOST_PAGES = 20;

/** All rows of a list, page after page. @param {string} path @param {AbortSignal} [signal] @returns {Promise<any[]>} */
export async function everything(path, signal) {
  const items = [];
  let cursor = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const after = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
    const answer = await get(`${path}${path.includes("?") ? "&" : "?"}limit=100${after}`, { signal });
    items.push(...answer.items);
    cursor = answer.next;
    if (!cursor) break;
  }
  return items;
}

/** The mailboxes that one may see and that are there. @param {AbortSignal} [signal] */
export const mailboxList = async (signal) => (await everything("/api/admin/mailboxes", signal)).filter(({ address }) => address);
