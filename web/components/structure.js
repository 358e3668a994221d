/** Which mail and which tickets belong together: moving a mail, merging and linking tickets. */

import { useRef, useState } from "preact/hooks";
import { get, newKey, patch, post } from "../app/api.js";
import { explain, t } from "../app/locale.js";
import { go, link } from "../app/router.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";
import { Check } from "./field.js";
import { html } from "./html.js";
import { say } from "./toasts.js";
import { TicketFinder } from "./ticket_finder.js";

/** @typedef {{ ticket: any, offered: any[], onDone: () => void, onClose: () => void }} Props offered: tickets that may be meant */

/** Doing what a dialog is for, and telling in it why that was not possible. @param {{ onDone: () => void, onClose: () => void }} props */
function useWork({ onDone, onClose }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  /** @param {() => Promise<unknown>} work */
  const run = async (work) => {
    setBusy(true);
    setProblem("");
    try {
      await work();
      onClose();
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
    onDone(); // also after a refusal: somebody else may have changed the ticket
  };
  return { busy, problem, run };
}

/** @param {{ problem: string }} props */
const Why = ({ problem }) => (problem ? html`<p class="notice notice--problem" role="alert">${problem}</p>` : null);

/** A mail does not belong here: to another ticket, or to one of its own. @param {Props & { message: any, later: string[] }} props later: ids of it and of all mail after it */
export function Correction({ ticket, offered, message, later, onDone, onClose }) {
  const { busy, problem, run } = useWork({ onDone, onClose });
  const [to, setTo] = useState(/** @type {"other" | "new"} */ ("other"));
  const [chosen, setChosen] = useState(/** @type {any} */ (null));
  const [rest, setRest] = useState(false);
  const key = useRef(newKey());
  const told = (/** @type {any} */ moved) => say(t("correction-done", { code: moved.code }), { action: { words: t("action-open"), run: () => go(link(["tickets", moved.id])) } });
  const work = async () => {
    if (to === "new") return told(await post(`/api/tickets/${ticket.id}/split`, { message_ids: rest ? later : [message.id] }, { version: ticket.version, key: key.current }));
    told(await patch(`/api/tickets/${ticket.id}/messages/${message.id}`, { ticket_id: chosen.id }, ticket.version));
  };
  return html`<${Dialog} title=${t("mail-correct")} onClose=${onClose}
    actions=${html`<${Button} onClick=${onClose}>${t("action-cancel")}<//><${Button} kind="primary" busy=${busy} disabled=${to === "other" && !chosen} onClick=${() => run(work)}>${t(to === "new" ? "correction-split" : "correction-move")}<//>`}>
    <p>${t("correction-why", { who: message.sender?.name || message.sender?.address || t("customer-unknown") })}</p>
    <fieldset class="finder"><legend class="field__label">${t("correction-where")}</legend>
      <label class="check"><input type="radio" name="to" checked=${to === "other"} onChange=${() => setTo("other")} /> <span>${t("correction-other")}</span></label>
      <label class="check"><input type="radio" name="to" checked=${to === "new"} onChange=${() => setTo("new")} /> <span>${t("correction-new")}</span></label>
    </fieldset>
    ${to === "other"
      ? html`<${TicketFinder} mailboxId=${ticket.mailbox_id} not=${[ticket.id]} offered=${offered} chosen=${chosen} onChoose=${setChosen} />`
      : later.length > 1
        ? html`<${Check} label=${t("correction-rest", { count: later.length - 1 })} checked=${rest} onChange=${(/** @type {any} */ event) => setRest(event.target.checked)} />`
        : null}
    <${Why} problem=${problem} />
  <//>`;
}

/** Another ticket is about the same: it goes on in this one. @param {Props} props */
export function Merge({ ticket, offered, onDone, onClose }) {
  const { busy, problem, run } = useWork({ onDone, onClose });
  const [chosen, setChosen] = useState(/** @type {any} */ (null));
  const key = useRef(newKey());
  const work = async () => {
    const { ticket: { version } } = await get(`/api/tickets/${chosen.id}`); // what was found may be of a while ago
    await post(`/api/tickets/${ticket.id}/merge`, { source_id: chosen.id, source_version: version }, { version: ticket.version, key: key.current });
    say(t("merge-done", { code: chosen.code }));
  };
  return html`<${Dialog} title=${t("merge-title")} onClose=${onClose}
    actions=${html`<${Button} onClick=${onClose}>${t("action-cancel")}<//><${Button} kind="primary" icon="merge" busy=${busy} disabled=${!chosen} onClick=${() => run(work)}>${chosen ? t("merge-do", { code: chosen.code }) : t("merge-title")}<//>`}>
    <p>${t("merge-why", { code: ticket.code })}</p>
    <${TicketFinder} mailboxId=${ticket.mailbox_id} not=${[ticket.id]} offered=${offered} chosen=${chosen} onChoose=${setChosen} />
    <${Why} problem=${problem} />
  <//>`;
}

/** Another ticket has to do with this one. @param {Props} props */
export function Link({ ticket, offered, onDone, onClose }) {
  const { busy, problem, run } = useWork({ onDone, onClose });
  const [chosen, setChosen] = useState(/** @type {any} */ (null));
  const key = useRef(newKey());
  const work = async () => void (await post(`/api/tickets/${ticket.id}/links`, { ticket_id: chosen.id }, { key: key.current }));
  return html`<${Dialog} title=${t("link-title")} onClose=${onClose}
    actions=${html`<${Button} onClick=${onClose}>${t("action-cancel")}<//><${Button} kind="primary" busy=${busy} disabled=${!chosen} onClick=${() => run(work)}>${t("link-do")}<//>`}>
    <p>${t("link-why")}</p>
    <${TicketFinder} not=${[ticket.id, ...ticket.links]} offered=${offered} chosen=${chosen} onChoose=${setChosen} />
    <${Why} problem=${problem} />
  <//>`;
}
