/** Changing a ticket: where somebody changed something else of it meanwhile, the change is made all the same. */

import { say } from "../components/toasts.js";
import { get, patch, Problem } from "./api.js";
import { explain, t } from "./locale.js";

/** Whether what a change sets is still as it was seen. @param {Record<string, any>} change @param {any} seen @param {any} newest */
export function isUntouched(change, seen, newest) {
  return Object.keys(change).every((name) => ["add_tags", "remove_tags"].includes(name) || (name !== "fields" && JSON.stringify(seen[name]) === JSON.stringify(newest[name])));
}

/** @param {any} seen the ticket as it was shown @param {Record<string, any>} change @returns {Promise<any>} the ticket as it is now */
export async function changeTicket(seen, change) {
  const path = `/api/tickets/${seen.id}`;
  try {
    return await patch(path, change, seen.version);
  } catch (problem) {
    if (!(problem instanceof Problem) || problem.code !== "ticket.changed_meanwhile") throw problem;
    const { ticket: newest } = await get(path);
    if (!isUntouched(change, seen, newest)) throw problem;
    return patch(path, change, newest.version);
  }
}

/**
 * Change a ticket for somebody who looks at it. Where somebody else was faster with the same, it is told who that was
 * and how the ticket is now, and the change can be made all the same.
 * @param {any} seen @param {Record<string, any>} change @param {Map<string, string>} names of colleagues
 * @param {(ticket?: any) => void} onChange the ticket is to be shown anew
 */
export async function changeOrTell(seen, change, names, onChange) {
  try {
    onChange(await changeTicket(seen, change));
  } catch (problem) {
    onChange();
    if (!(problem instanceof Problem) || problem.code !== "ticket.changed_meanwhile") return void say(explain(problem), { kind: "problem" });
    const { changed_by, state } = problem.params;
    const words = { state: t(`state-${state}`), name: names.get(changed_by) ?? t("somebody") };
    const anyway = () => void get(`/api/tickets/${seen.id}`).then(({ ticket }) => changeOrTell(ticket, change, names, onChange), (error) => say(explain(error), { kind: "problem" }));
    say(t(changed_by ? "stale-by" : "stale-mail", words), { kind: "problem", action: { words: t("stale-anyway"), run: anyway } });
  }
}
