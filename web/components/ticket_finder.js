/** Finding another ticket by its code, its subject or what its mail says. */

import { useEffect, useState } from "preact/hooks";
import { get } from "../app/api.js";
import { explain, t } from "../app/locale.js";
import { may } from "../app/session.js";
import { relative } from "../app/time.js";
import { Field } from "./field.js";
import { html } from "./html.js";
import { State } from "./state.js";

const ASKED_AFTER_MS = 350;
const FEWEST_LETTERS = 2;

/**
 * @param {object} props
 * @param {string} [props.mailboxId] only of this mailbox
 * @param {string[]} props.not ids of those that cannot be chosen
 * @param {any[]} props.offered tickets that are offered before anything is typed
 * @param {any} props.chosen @param {(ticket: any) => void} props.onChoose
 */
export function TicketFinder({ mailboxId, not, offered, chosen, onChoose }) {
  const [typed, setTyped] = useState("");
  const [found, setFound] = useState(/** @type {any[] | null} */ (null));
  const [problem, setProblem] = useState("");
  const wanted = typed.trim();
  useEffect(() => {
    setProblem("");
    if (wanted.length < FEWEST_LETTERS) return setFound(null);
    const asking = new AbortController();
    const timer = setTimeout(() => {
      const query = new URLSearchParams({ q: wanted, limit: "10", ...(mailboxId ? { mailbox_id: mailboxId } : {}) });
      get(`/api/content/search?${query}`, { signal: asking.signal }).then(
        ({ items }) => setFound(items.map((/** @type {any} */ { ticket }) => ticket)),
        (error) => !asking.signal.aborted && setProblem(explain(error)),
      );
    }, ASKED_AFTER_MS);
    return () => (clearTimeout(timer), asking.abort());
  }, [wanted]);
  const letters = wanted.toLocaleLowerCase();
  const near = offered.filter(({ code, subject }) => [code, subject ?? ""].some((words) => words.toLocaleLowerCase().includes(letters)));
  const all = new Map([...near, ...(found ?? [])].map((one) => [one.id, one]));
  const rows = [...all.values()].filter(({ id, mailbox_id, merged_into }) => !not.includes(id) && !merged_into && (!mailboxId || mailbox_id === mailboxId));
  return html`<div class="stack">
    ${may("search:use") ? html`<${Field} label=${t("finder-label")} dir="auto" autofocus autocomplete="off" type="search" value=${typed} onInput=${(/** @type {any} */ event) => setTyped(event.target.value)} />` : null}
    ${problem ? html`<p class="notice notice--problem" role="alert">${problem}</p>` : null}
    <p class="visually-hidden" role="status">${found ? t("finder-found", { count: rows.length }) : ""}</p>
    ${found && rows.length === 0 ? html`<p class="soft">${t("finder-none")}</p>` : null}
    ${rows.length > 0
      ? html`<fieldset class="finder"><legend class="field__label">${found ? t("finder-results") : t("related-suggested")}</legend>
          ${rows.map(
            (one) => html`<label key=${one.id} class="finder__row"><input type="radio" name="ticket" value=${one.id} checked=${chosen?.id === one.id} onChange=${() => onChoose(one)} />
              <span class="finder__what"><span dir="auto">${one.subject || t("subject-none")}</span>
                <span class="soft row"><bdi class="code">${one.code}</bdi> <${State} state=${one.state} /> <bdi>${one.customer?.name || one.customer?.address || ""}</bdi> ${relative(one.last_message_at)}</span></span></label>`,
          )}</fieldset>`
      : null}
  </div>`;
}
