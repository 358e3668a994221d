/** Giving all tickets of a mailbox another tag instead of one, or none: page by page, until none has it any more. */

import { get } from "./api.js";
import { changeAll } from "./changes.js";

const OPEN = "new,open,pending,on_hold,solved"; // what is closed stays as it was
const PAGE = 100;
const TRIES = 3; // of a page on which nothing could be done: somebody else is at these tickets

/**
 * Begun again after it was left, it goes on with what is left.
 * @param {string} mailboxId @param {string} tag @param {string | null} into
 * @param {(done: number) => void} onProgress
 * @param {{ get: typeof get, changeAll: typeof changeAll }} [desk]
 * @returns {Promise<{ done: number, left: number }>} raises a Problem where the desk refuses all of a page
 */
export async function retag(mailboxId, tag, into, onProgress, desk = { get, changeAll }) {
  const change = { remove_tags: [tag], ...(into ? { add_tags: [into] } : {}) };
  const query = new URLSearchParams({ mailbox_id: mailboxId, tag, state: OPEN, limit: String(PAGE) });
  let done = 0;
  for (let idle = 0; ; ) {
    const { items } = await desk.get(`/api/tickets/?${query}`);
    if (items.length === 0) return { done, left: 0 };
    const outcomes = await desk.changeAll(items, change);
    const changed = outcomes.filter(({ outcome }) => outcome === "done").length;
    done += changed;
    onProgress(done);
    idle = changed > 0 ? 0 : idle + 1;
    if (idle === TRIES) return { done, left: items.length };
  }
}
