/** Disconnecting a mailbox: what will go, then how far it is, and what became of it. */

import { useState } from "preact/hooks";
import { get, post } from "../../app/api.js";
import { explain, t } from "../../app/locale.js";
import { current, may } from "../../app/session.js";
import { full, number } from "../../app/time.js";
import { useEvery, useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { Dialog } from "../../components/dialog.js";
import { Check } from "../../components/field.js";
import { html } from "../../components/html.js";
import { proved } from "../../components/step_up.js";
import { say } from "../../components/toasts.js";

const LOOKED_EVERY_MS = 2_000;

/** @param {any} mailbox */
const pathOf = (mailbox) => `/api/admin/mailboxes/${mailbox.id}/disconnect`;

/** The question before it. @param {{ mailbox: any, onClose: () => void, onDone: () => void }} props */
export function Disconnect({ mailbox, onClose, onDone }) {
  const found = useLoaded((signal) => get(pathOf(mailbox), { signal }), []);
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const holds = found.value?.holds;
  const member = current().user?.mailbox_ids.includes(mailbox.id) && may("settings:manage");
  const go = async () => {
    setBusy(true);
    setProblem("");
    try {
      await proved(() => post("/api/oauth/disconnect", { mailbox_id: mailbox.id }));
      say(t("disconnect-begun"));
      onClose();
      onDone();
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };
  return html`<${Dialog}
    title=${t("disconnect-title", { mailbox: mailbox.address ?? mailbox.id })}
    onClose=${onClose}
    actions=${html`<${Button} onClick=${onClose}>${t("action-cancel")}<//><${Button} kind="danger" busy=${busy} disabled=${!sure || !holds} onClick=${go}>${t("disconnect-go")}<//>`}
  >
    <p>${t("disconnect-what")}</p>
    ${found.problem ? html`<p class="notice notice--problem" role="alert">${explain(found.problem)}</p>` : null}
    ${holds
      ? html`<h3>${t("disconnect-goes")}</h3>
          <dl class="facts">
            ${Object.keys(holds).map((name) => [html`<dt>${t(`disconnect-holds-${name}`)}</dt>`, html`<dd>${number(holds[name])}</dd>`])}
          </dl>`
      : null}
    <p>${t("disconnect-stays")}</p>
    ${member ? html`<p><a href="#/admin/exports">${t("disconnect-export")}</a> <span class="soft">${t("disconnect-export-hint")}</span></p>` : null}
    <${Check} label=${t("disconnect-sure")} checked=${sure} onChange=${(/** @type {any} */ event) => setSure(event.currentTarget.checked)} />
    ${problem ? html`<p class="notice notice--problem" role="alert">${problem}</p>` : null}
  <//>`;
}

/** What becomes of it, also for a page that was opened anew meanwhile. @param {{ mailbox: any, onAnew: () => void }} props */
export function Destroyed({ mailbox, onAnew }) {
  const found = useLoaded((signal) => get(pathOf(mailbox), { signal }), []);
  const view = found.value;
  useEvery(() => void (view?.state === "destroying" && found.reload()), LOOKED_EVERY_MS);
  if (!view) return html`<p class="soft" role="status">${found.problem ? explain(found.problem) : t("loading")}</p>`;
  const doubtful = view.grant === "unreached" || view.grant === "unknown";
  return html`<div class="stack">
    ${view.state === "destroying"
      ? html`<p role="status">${t("disconnect-progress", { done: number(view.done), parts: number(view.parts) })}</p>
          <progress max=${view.parts} value=${view.done} aria-label=${t("mailbox-state-disconnected")}></progress>`
      : html`<p>${t("disconnect-done")}</p>`}
    ${view.grant
      ? html`<p class=${doubtful ? "notice notice--warning" : "soft"}>${t(`disconnect-grant-${view.grant}`)} ${doubtful ? html`<a href="/help#disconnect">${t("disconnect-account")}</a>` : null}</p>`
      : null}
    ${view.versions_end_by ? html`<p class="soft">${t("disconnect-versions", { when: full(view.versions_end_by) })}</p>` : null}
    <div class="row">
      ${view.receipt_url ? html`<a href=${view.receipt_url} download>${t("disconnect-receipt")}</a>` : null}
      ${may("mailbox:connect") ? html`<${Button} onClick=${onAnew}>${t("disconnect-again")}<//>` : null}
    </div>
  </div>`;
}
