/** Changing a ticket from its page, and telling where somebody else was quicker. */

import { get, Problem } from "../app/api.js";
import { explain, t } from "../app/locale.js";
import { changeTicket } from "../app/ticket_change.js";
import { say } from "./toasts.js";

const TRIED_AGAIN_AFTER_MS = 10_000;

/**
 * Change a ticket for somebody who looks at it. Where somebody else was faster with the same, it is told who that was
 * and how the ticket is now, and the change can be made all the same.
 * @param {any} seen @param {Record<string, any>} change @param {Map<string, string>} names of colleagues
 * @param {(ticket?: any) => void} onChange the ticket is to be shown anew
 * @returns {Promise<boolean>} whether it is changed
 */
export async function changeOrTell(seen, change, names, onChange) {
  try {
    onChange(await arrived(seen, change));
    return true;
  } catch (problem) {
    onChange();
    if (!(problem instanceof Problem) || problem.code !== "ticket.changed_meanwhile") return (say(explain(problem), { kind: "problem" }), false);
    const { changed_by, state } = problem.params;
    const words = { state: t(`state-${state}`), name: names.get(changed_by) ?? t("somebody") };
    const anyway = () => void get(`/api/tickets/${seen.id}`).then(({ ticket }) => changeOrTell(ticket, change, names, onChange), (error) => say(explain(error), { kind: "problem" }));
    say(t(changed_by ? "stale-by" : "stale-mail", words), { kind: "problem", action: { words: t("stale-anyway"), run: anyway } });
    return false;
  }
}

/** Change a ticket, now or as soon as the desk can be reached. @param {any} seen @param {Record<string, any>} change */
async function arrived(seen, change) {
  let unsay = () => {};
  for (let first = true; ; first = false)
    try {
      const ticket = await changeTicket(seen, change);
      unsay();
      return ticket;
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status !== 0) throw (unsay(), problem);
      if (first) unsay = say(t("change-waits"), { kind: "problem" });
      await new Promise((done) => {
        const timer = setTimeout(done, TRIED_AGAIN_AFTER_MS);
        addEventListener("online", () => (clearTimeout(timer), done(null)), { once: true });
      });
    }
}
