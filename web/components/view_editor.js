/** Views: saving one, naming and deleting it, and their order. */

import { useRef, useState } from "preact/hooks";
import { newKey, patch, post, remove } from "../app/api.js";
import { useDirectory } from "../app/directory.js";
import { explain, t } from "../app/locale.js";
import { may } from "../app/session.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";
import { Choice, Field } from "./field.js";
import { html } from "./html.js";
import { say } from "./toasts.js";

/** @param {{ view: any | null, filters: import("../app/tickets.js").Filters, onClose: () => void, onDone: (view: any | null) => void }} props view: to change, else a new one */
export function EditView({ view, filters, onClose, onDone }) {
  const boxes = useDirectory("mailboxes");
  const [name, setName] = useState(view?.name ?? "");
  const [shared, setShared] = useState("");
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [busy, setBusy] = useState(false);
  const [sure, setSure] = useState(false);
  const key = useRef(newKey());
  const work = async (/** @type {() => Promise<any>} */ what) => {
    setBusy(true);
    setProblem(null);
    try {
      onDone(await what());
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    event.preventDefault();
    const body = { name: name.trim(), filters };
    void work(() => (view ? patch(`/api/tickets/views/${view.id}`, body, view.version) : post("/api/tickets/views", { ...body, mailbox_id: shared || null }, { key: key.current })));
  };
  const destroy = () => (sure ? void work(() => remove(`/api/tickets/views/${view.id}`, { version: view.version })) : setSure(true));
  return html`<${Dialog} title=${t(view ? "view-change" : "view-save-new")} onClose=${onClose}
    actions=${html`${view ? html`<${Button} kind="danger" busy=${busy} onClick=${destroy}>${t(sure ? "view-delete-sure" : "view-delete")}<//>` : null}
      <${Button} onClick=${onClose}>${t("action-cancel")}<//><button class="button button--primary" type="submit" form="view-edit" aria-busy=${busy}>${t("action-save")}</button>`}>
    <form id="view-edit" class="stack" onSubmit=${submit}>
      <${Field} label=${t("view-name")} dir="auto" required maxlength="60" autofocus value=${name} problem=${problem ? explain(problem) : null} onInput=${(/** @type {any} */ event) => setName(event.target.value)} />
      ${!view && may("saved_reply:share") && boxes.length > 0
        ? html`<${Choice} label=${t("view-for")} value=${shared} onChange=${(/** @type {any} */ event) => setShared(event.target.value)}
            options=${[{ value: "", words: t("view-for-me") }, ...boxes.filter(({ address }) => address).map((one) => ({ value: one.id, words: t("view-for-mailbox", { mailbox: one.address }) }))]} />`
        : null}
      ${sure ? html`<p class="notice notice--warning" role="alert">${t("view-delete-why")}</p>` : null}
    </form>
  <//>`;
}

/** @param {{ views: any[], onClose: () => void, onChange: () => Promise<void> }} props */
export function OrderViews({ views, onClose, onChange }) {
  const [order, setOrder] = useState(views.filter(({ changeable }) => changeable));
  const [editing, setEditing] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState(false);
  const swap = (/** @type {number} */ at, /** @type {number} */ by) => {
    const next = order.with(at, order[at + by]).with(at + by, order[at]);
    setOrder(next);
  };
  const save = async () => {
    setBusy(true);
    try {
      for (const [position, view] of order.entries()) if (view.position !== position + 1) await patch(`/api/tickets/views/${view.id}`, { position: position + 1 }, view.version);
      await onChange();
      onClose();
    } catch (error) {
      say(explain(error), { kind: "problem" });
      await onChange();
      onClose();
    }
  };
  if (editing) return html`<${EditView} view=${editing} filters=${editing.filters} onClose=${() => setEditing(null)} onDone=${() => (void onChange(), onClose())} />`;
  return html`<${Dialog} title=${t("views-order")} onClose=${onClose} actions=${html`<${Button} onClick=${onClose}>${t("action-cancel")}<//><${Button} kind="primary" busy=${busy} onClick=${save}>${t("action-save")}<//>`}>
    ${order.length === 0 ? html`<p class="soft">${t("views-none")}</p>` : null}
    <ol class="stack-small">
      ${order.map(
        (view, at) => html`<li key=${view.id} class="row views__row">
          <span class="views__name" dir="auto">${view.name}</span>
          ${view.mailbox_id ? html`<span class="chip">${t("view-shared")}</span>` : null}
          <${Button} kind="quiet" label=${t("view-up", { name: view.name })} disabled=${at === 0} onClick=${() => swap(at, -1)} icon="up" />
          <${Button} kind="quiet" label=${t("view-down", { name: view.name })} disabled=${at === order.length - 1} onClick=${() => swap(at, 1)} icon="down" />
          <${Button} kind="quiet" onClick=${() => setEditing(view)}>${t("view-change")}<//>
        </li>`,
      )}
    </ol>
  <//>`;
}
