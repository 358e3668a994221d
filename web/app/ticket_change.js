/** Changing a ticket: where somebody changed something else of it meanwhile, the change is made all the same. */

import { get, patch, Problem } from "./api.js";

/** Whether what a change sets is still as it was seen. @param {Record<string, any>} change @param {any} seen @param {any} newest */
export function isUntouched(change, seen, newest) {
  return Object.keys(change).every((name) => ["add_tags", "remove_tags"].includes(name) || (name !== "fields" && JSON.stringify(seen[name]) === JSON.stringify(newest[name])));
}

/** Whether somebody has done already what a change sets: this window, whose answer was lost, or another. @param {Record<string, any>} change @param {any} newest */
const isDone = (change, newest) => Object.entries(change).every(([name, value]) => JSON.stringify(value) === JSON.stringify(newest[name]));

/** @param {any} seen the ticket as it was shown @param {Record<string, any>} change @returns {Promise<any>} the ticket as it is now */
export async function changeTicket(seen, change) {
  const path = `/api/tickets/${seen.id}`;
  try {
    return await patch(path, change, seen.version);
  } catch (problem) {
    if (!(problem instanceof Problem) || problem.code !== "ticket.changed_meanwhile") throw problem;
    const { ticket: newest } = await get(path);
    if (isDone(change, newest)) return newest;
    if (!isUntouched(change, seen, newest)) throw problem;
    return patch(path, change, newest.version);
  }
}
