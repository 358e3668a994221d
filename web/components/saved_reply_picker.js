/** Choosing a saved reply: found by typing, filled for the ticket, and put where the cursor stands. */

import { useEffect, useState } from "preact/hooks";
import { get, post } from "../app/api.js";
import { explain, t } from "../app/locale.js";
import { useLoaded } from "../app/use.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";
import { Field } from "./field.js";
import { html } from "./html.js";

/** @param {{ ticket: any, onChoose: (text: string, missing: string[]) => void, onClose: () => void }} props */
export function SavedReplyPicker({ ticket, onChoose, onClose }) {
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState("");
  const [entered, setEntered] = useState(false);
  const saved = useLoaded((signal) => get(`/api/tickets/saved_replies?mailbox_id=${ticket.mailbox_id}&limit=100`, { signal }), [ticket.mailbox_id]);
  const wanted = typed.trim().toLocaleLowerCase();
  const found = (saved.value?.items ?? []).filter((/** @type {any} */ one) => one.name.toLocaleLowerCase().includes(wanted));
  /** @param {any} one */
  const choose = async (one) => {
    setBusy(one.id);
    try {
      const { text, missing } = await post(`/api/tickets/saved_replies/${one.id}/render`, { ticket_id: ticket.id });
      onChoose(text, missing);
    } catch (error) {
      setProblem(explain(error));
      setBusy("");
    }
  };
  // Who knows the name types it and presses Enter before the list is there: the first that fits is taken when it comes.
  useEffect(() => {
    if (!entered || saved.loading) return;
    setEntered(false);
    if (found[0]) void choose(found[0]);
  }, [entered, saved.loading]);
  /** @param {string} letters */
  const type = (letters) => (setTyped(letters), setEntered(false));
  /** @param {KeyboardEvent} event arrows go from one to the next */
  const move = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const all = [.../** @type {HTMLElement} */ (event.currentTarget).querySelectorAll(/** @type {"button"} */ ("input, .choices button"))];
    event.preventDefault();
    all[all.indexOf(/** @type {any} */ (document.activeElement)) + step]?.focus();
  };
  return html`<${Dialog} title=${t("saved-title")} onClose=${onClose}>
    <form class="stack" onKeyDown=${move} onSubmit=${(/** @type {Event} */ event) => (event.preventDefault(), setEntered(true))}>
      <${Field} label=${t("saved-find")} dir="auto" autofocus autocomplete="off" value=${typed} onInput=${(/** @type {any} */ event) => type(event.target.value)} />
      ${problem || saved.problem ? html`<p class="notice notice--problem" role="alert">${problem || explain(saved.problem)}</p>` : null}
      <p class="visually-hidden" role="status">${saved.value ? t("saved-found", { count: found.length }) : t("loading")}</p>
      ${saved.value && found.length === 0 ? html`<p class="soft">${t(wanted ? "saved-none-found" : "saved-none")}</p>` : null}
      <div class="choices choices--long">
        ${found.map(
          (/** @type {any} */ one) => html`<${Button} key=${one.id} kind="quiet" busy=${busy === one.id} onClick=${() => choose(one)}>
            <span dir="auto" lang=${one.language}>${one.name}</span> <span class="chip">${t(one.mailbox_id ? "saved-shared" : "saved-own")}</span><//>`,
        )}
      </div>
    </form>
  <//>`;
}
