/** Changing tickets from a list: shown at once, told afterwards, and to be undone. */

import { changeAll, changed, undoing } from "../app/changes.js";
import { explain, t } from "../app/locale.js";
import { say } from "./toasts.js";

/** @typedef {import("../app/tickets.js").Row} Row */
/** What was not done, and why. @typedef {{ row: Row, outcome: import("../app/changes.js").Outcome }} Failure */

/** Takes back what was said of the change before: one can be undone. @type {() => void} */
let unsay = () => {};

/**
 * @param {Row[]} rows @param {Record<string, any>} change @param {(failures: Failure[]) => void} onFailures
 * @param {boolean} [last] it undoes something, and is not undone itself
 */
export async function changeTickets(rows, change, onFailures, last = false) {
  if (rows.length === 0) return;
  try {
    const outcomes = await changeAll(rows, change);
    const done = rows.map((row, n) => ({ row, outcome: outcomes[n] })).filter(({ outcome }) => outcome.outcome === "done");
    const failures = rows.map((row, n) => ({ row, outcome: outcomes[n] })).filter(({ outcome }) => outcome.outcome !== "done");
    if (done.length > 0) {
      const now = new Map(done.map(({ row, outcome }) => [row.id, { ...changed(row, change), version: outcome.version ?? row.version }]));
      const undo = () => {
        for (const group of undoing(done.map(({ row }) => row), change))
          void changeTickets(group.ids.map((id) => /** @type {Row} */ (now.get(id))), group.change, onFailures, true);
      };
      unsay();
      unsay = say(t("bulk-done", { count: done.length }), last ? {} : { action: { words: t("action-undo"), run: undo } });
    }
    if (failures.length > 0) onFailures(failures);
  } catch (error) {
    say(explain(error), { kind: "problem" });
  }
}
