/** Opening a ticket for somebody who called or stood at the counter, or to whom one writes first. */

import { useEffect, useRef, useState } from "preact/hooks";
import { get, newKey, post } from "../app/api.js";
import { held, hold } from "../app/appearance.js";
import { explain, t } from "../app/locale.js";
import { go, link } from "../app/router.js";
import { may } from "../app/session.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";
import { Choice, Field } from "./field.js";
import { html } from "./html.js";
import { say } from "./toasts.js";

const ASKED_AFTER_MS = 250;
const MARK = "ticket.new";
const BLANK = { mailbox_id: "", address: "", name: "", subject: "", text: "" };

/** @param {{ boxes: any[], onClose: () => void }} props */
export function NewTicket({ boxes, onClose }) {
  const open = boxes.filter(({ state, address }) => address && state !== "disconnected");
  const [typed, setTyped] = useState(() => ({ ...BLANK, first: may("reply:send") ? "mail" : "note", ...JSON.parse(held(MARK) ?? "{}") }));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [busy, setBusy] = useState(false);
  const [known, setKnown] = useState(/** @type {any[]} */ ([]));
  const keys = useRef({ ticket: newKey(), reply: newKey() });
  const made = useRef(/** @type {any} */ (null));
  useEffect(() => {
    const q = typed.address.trim();
    if (q.length < 3 || !may("customer:read")) return;
    const later = setTimeout(() => get(`/api/tickets/customers?${new URLSearchParams({ q, limit: "8" })}`).then(({ items }) => setKnown(items), () => {}), ASKED_AFTER_MS);
    return () => clearTimeout(later);
  }, [typed.address]);
  const type = (/** @type {string} */ name) => (/** @type {any} */ event) => {
    const value = event.target.value;
    const found = name === "address" ? known.find(({ address }) => address === value) : null;
    keys.current = { ticket: newKey(), reply: newKey() };
    const now = { ...typed, [name]: value, ...(found && !typed.name ? { name: found.name } : {}) };
    hold(MARK, JSON.stringify(now)); // until it is opened, or the window closes
    setTyped(now);
  };
  const mailbox = typed.mailbox_id || open[0]?.id;
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const note = typed.first === "note" && typed.text.trim() ? typed.text : null;
      const customer = { address: typed.address.trim(), name: typed.name.trim() };
      const body = { mailbox_id: mailbox, subject: typed.subject.trim(), customer, note };
      made.current ??= await post("/api/tickets/", body, { key: keys.current.ticket });
      if (typed.first === "mail") await post(`/api/tickets/${made.current.id}/replies`, { to: [customer], text: typed.text }, { key: keys.current.reply });
      hold(MARK, "");
      say(t("ticket-opened", { code: made.current.code }));
      onClose();
      go(link(["tickets", made.current.id]));
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return html`<${Dialog} title=${t("ticket-open")} wide=${true} onClose=${onClose}
    actions=${html`<${Button} onClick=${onClose}>${t("action-cancel")}<//><button class="button button--primary" type="submit" form="new-ticket" aria-busy=${busy}>${t(typed.first === "mail" ? "ticket-open-mail" : "ticket-open-note")}</button>`}>
    <form id="new-ticket" class="stack" onSubmit=${submit}>
      ${problem ? html`<p class="notice notice--problem" role="alert">${explain(problem)}</p>` : null}
      ${open.length > 1
        ? html`<${Choice} label=${t("filter-mailbox")} value=${mailbox} options=${open.map(({ id, address }) => ({ value: id, words: address }))} onChange=${type("mailbox_id")} />`
        : open.length === 0 ? html`<p class="notice notice--warning">${t("mailboxes-empty")}</p>` : null}
      <div class="pair">
        <${Field} label=${t("ticket-customer-address")} type="email" dir="ltr" required autofocus maxlength="254" autocomplete="off" list="new-ticket-customers" value=${typed.address} onInput=${type("address")} />
        <${Field} label=${t("ticket-customer-name")} dir="auto" maxlength="200" autocomplete="off" value=${typed.name} onInput=${type("name")} />
      </div>
      <datalist id="new-ticket-customers">${known.filter(({ address }) => address).map(({ id, address, name }) => html`<option key=${id} value=${address}>${name}</option>`)}</datalist>
      <${Field} label=${t("ticket-subject")} dir="auto" required maxlength="500" value=${typed.subject} onInput=${type("subject")} />
      ${may("reply:send")
        ? html`<fieldset class="row either"><legend class="field__label">${t("ticket-first")}</legend>
            ${["mail", "note"].map((first) => html`<label key=${first} class="check"><input type="radio" name="first" value=${first} checked=${typed.first === first} onChange=${type("first")} /> <span>${t(`ticket-first-${first}`)}</span></label>`)}</fieldset>`
        : null}
      <${Field} label=${t(`ticket-text-${typed.first}`)} hint=${t(`ticket-hint-${typed.first}`)}>
        ${(/** @type {object} */ attributes) => html`<textarea class="input" rows="6" dir="auto" maxlength="50000" ...${attributes} value=${typed.text} onInput=${type("text")}></textarea>`}
      <//>
    </form>
  <//>`;
}
