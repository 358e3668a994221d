/** A reply that is on its way, or that could not go: what is known of it, and what a person can decide. */

import { post, remove } from "../app/api.js";
import { explain, has, t } from "../app/locale.js";
import { full } from "../app/time.js";
import { Button } from "./button.js";
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { Text } from "./message.js";
import { say } from "./toasts.js";

/** @param {{ reply: any, ticket: any, names: Map<string, string>, onChange: () => void }} props */
export function ReplyOnItsWay({ reply, ticket, names, onChange }) {
  const base = `/api/tickets/${ticket.id}/replies/${reply.id}`;
  const act = async (/** @type {() => Promise<any>} */ work) => {
    try {
      await work();
    } catch (error) {
      say(explain(error), { kind: "problem" });
    }
    onChange();
  };
  const stuck = reply.state === "failed" || reply.state === "needs_review";
  const why = `failure-${reply.failure}`;
  const how = { conversation: ticket.conversation, anyway: true, confirmed: true };
  const held = reply.failure === "conversation_moved";
  return html`<article class=${`mail mail--out mail--${reply.state}`} aria-label=${t("reply-label")}>
    <header class="mail__head">
      <${Icon} name=${stuck ? "alert" : "send"} />
      <span class="mail__name" dir="auto">${names.get(reply.author_id) ?? t("reply-automatic")}</span>
      <span class=${`chip ${stuck ? "chip--danger" : ""}`}>${t(`reply-state-${reply.state}`)}</span>
      ${reply.not_before && reply.state === "queued" ? html`<time class="soft mail__time" datetime=${reply.not_before}>${full(reply.not_before)}</time>` : null}
    </header>
    ${reply.failure ? html`<p class="notice notice--problem" role="alert">${has(why) ? t(why) : t("failure-other", { code: reply.failure })}</p>` : null}
    ${reply.waits_for_mailbox ? html`<p class="notice notice--warning">${t("reply-waits")}</p>` : null}
    <div class="mail__body">${reply.text ? html`<${Text} text=${reply.text} />` : null}</div>
    <div class="row">
      ${reply.state === "queued" ? html`<${Button} icon="undo" onClick=${() => act(() => post(`${base}/undo`))}>${t("action-undo")}<//>` : null}
      ${reply.state === "failed" || held ? html`<${Button} kind="primary" onClick=${() => act(() => post(`${base}/retry`, how))}>${t("reply-retry")}<//><${Button} onClick=${() => act(() => post(`${base}/undo`))}>${t("reply-edit")}<//>` : null}
      ${reply.state === "needs_review" && !held
        ? html`<${Button} onClick=${() => act(() => post(`${base}/settle`, { decision: "sent" }))}>${t("reply-was-sent")}<//>
            <${Button} kind="danger" onClick=${() => act(() => post(`${base}/settle`, { decision: "send_again", conversation: ticket.conversation, anyway: true }))}>${t("reply-send-again")}<//>`
        : null}
      ${stuck ? html`<${Button} kind="quiet" onClick=${() => act(() => remove(base))}>${t("reply-discard")}<//>` : null}
    </div>
  </article>`;
}
