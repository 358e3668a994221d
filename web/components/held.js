/** Why a reply did not go or was not saved, and what a person can decide: nothing that was written is lost. */

import { explain, t } from "../app/locale.js";
import { relative } from "../app/time.js";
import { Button } from "./button.js";
import { html } from "./html.js";

/** @typedef {{ anyway?: boolean, confirmed?: boolean }} Decision */

/**
 * @param {{ problem: any, messages: any[], newcomers: string[], onDecide: (decision: Decision) => void, onLook: () => void, onRemove?: () => void }} props
 *   messages: all of the ticket, as they are now
 */
export function Held({ problem, messages, newcomers, onDecide, onLook, onRemove }) {
  if (problem.code === "reply.conversation_moved") {
    const fresh = messages.filter(({ id }) => problem.params.messages?.includes(id));
    const others = problem.params.replies?.length ?? 0;
    return html`<div class="notice notice--warning stack-small" role="alert">
      <p><strong>${t("held-moved")}</strong> ${t("held-kept")}</p>
      <ul class="stack-small">
        ${fresh.map((one) => html`<li key=${one.id}><a href=${`#mail-${one.id}`} onClick=${(/** @type {Event} */ event) => (event.preventDefault(), show(one.id))}>${t("held-message", { who: one.sender?.name || one.sender?.address || t("customer-unknown"), when: relative(one.received_at) })}</a></li>`)}
        ${others > 0 ? html`<li>${t("held-replies", { count: others })}</li>` : null}
      </ul>
      <div class="row"><${Button} kind="primary" onClick=${() => (onLook(), fresh[0] && show(fresh[0].id))}>${t("reply-look-first")}<//><${Button} kind="danger" onClick=${() => onDecide({ anyway: true })}>${t("reply-anyway")}<//></div>
    </div>`;
  }
  if (problem.code === "reply.new_participants")
    return html`<div class="notice notice--warning stack-small" role="alert">
      <p><strong>${t("held-newcomers")}</strong> ${t("held-kept")}</p>
      <ul>${newcomers.map((address) => html`<li key=${address}><bdi>${address}</bdi></li>`)}</ul>
      <div class="row">${onRemove ? html`<${Button} kind="primary" onClick=${onRemove}>${t("held-without")}<//>` : null}<${Button} kind="danger" onClick=${() => onDecide({ confirmed: true })}>${t("held-with")}<//></div>
    </div>`;
  return html`<p class="notice notice--problem" role="alert">${explain(problem)}</p>`;
}

/** @param {{ other: any, onKeepMine: () => void, onTakeOther: () => void, onAnew: () => void, onClose: () => void }} props other: the reply as somebody else left it */
export function Elsewhere({ other, onKeepMine, onTakeOther, onAnew, onClose }) {
  if (other.state !== "draft")
    return html`<div class="notice notice--warning stack-small" role="alert">
      <p>${t("elsewhere-gone")}</p>
      <div class="row"><${Button} kind="primary" onClick=${onAnew}>${t("elsewhere-anew")}<//><${Button} onClick=${onClose}>${t("elsewhere-close")}<//></div>
    </div>`;
  return html`<div class="notice notice--warning stack-small" role="alert">
    <p>${t("elsewhere-changed")}</p>
    <blockquote class="elsewhere" dir="auto">${other.text || t("elsewhere-empty")}</blockquote>
    <div class="row"><${Button} kind="primary" onClick=${onKeepMine}>${t("elsewhere-mine")}<//><${Button} onClick=${onTakeOther}>${t("elsewhere-other")}<//></div>
  </div>`;
}

/** Bring a mail of the ticket before the eye and the reading cursor. @param {string} id */
export function show(id) {
  const mail = document.getElementById(`mail-${id}`);
  mail?.scrollIntoView({ block: "start" });
  mail?.focus({ preventScroll: true });
}
