/** A reply that is on its way, or that could not go: what is known of it, and what a person can decide. */

import { useState } from "preact/hooks";
import { post, remove } from "../app/api.js";
import { explain, has, t } from "../app/locale.js";
import { full } from "../app/time.js";
import { Button } from "./button.js";
import { Held } from "./held.js";
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { Text } from "./message.js";
import { say } from "./toasts.js";

const SOON_MS = 60_000;
const isFar = (/** @type {string} */ moment) => new Date(moment).getTime() - Date.now() > SOON_MS;
const KINDS = ["refused_", "smtp_", "mailbox_"];

/** Why a reply did not go, as a sentence, and what to do. @param {string} failure a stable word */
export function failureWords(failure) {
  const keys = [`failure-${failure}`, ...KINDS.filter((kind) => failure.startsWith(kind)).map((kind) => `failure-${kind}other`)];
  return t(keys.find(has) ?? "failure-other", { code: failure });
}

/** @param {{ reply: any, ticket: any, messages: any[], names: Map<string, string>, onChange: (fresh?: string[]) => void, onBack: (draft: any) => void }} props */
export function ReplyOnItsWay({ reply, ticket, messages, names, onChange, onBack }) {
  const [busy, setBusy] = useState(false);
  const [held, setHeld] = useState(/** @type {{ problem: any, again: (more: any) => void } | null} */ (null));
  const base = `/api/tickets/${ticket.id}/replies/${reply.id}`;
  /** @param {(more: any) => Promise<any>} work @param {any} [more] what a person has decided of it */
  const act = async (work, more = {}) => {
    setBusy(true);
    setHeld(null);
    let fresh;
    try {
      await work(more);
    } catch (error) {
      const problem = /** @type {any} */ (error);
      if (["reply.conversation_moved", "reply.new_participants"].includes(problem.code)) setHeld({ problem, again: (decided) => void act(work, { ...more, ...decided }) });
      else say(explain(error), { kind: "problem" });
      fresh = problem.params?.messages;
    }
    setBusy(false);
    onChange(fresh);
  };
  const undo = () => act(async () => onBack(await post(`${base}/undo`)));
  const retry = () => act((more) => post(`${base}/retry`, { conversation: ticket.conversation, ...more }));
  const settle = (/** @type {string} */ decision) => act((more) => post(`${base}/settle`, { decision, conversation: ticket.conversation, anyway: more.anyway ?? false }));
  const stuck = reply.state === "failed" || reply.state === "needs_review";
  const moved = reply.failure === "conversation_moved";
  const later = reply.state === "queued" && reply.not_before && !reply.waits_for_mailbox;
  const to = [...reply.to, ...reply.cc, ...reply.bcc];
  return html`<article class=${`mail mail--out mail--${reply.state}`} aria-label=${t("reply-label")}>
    <header class="mail__head">
      <${Icon} name=${stuck ? "alert" : reply.state === "unknown" ? "clock" : "send"} />
      <span class="mail__name" dir="auto">${reply.automatic ? t("reply-automatic") : (names.get(reply.author_id) ?? t("somebody"))}</span>
      <span class=${stuck ? "chip chip--danger" : "chip"} role="status">${t(later && isFar(reply.not_before) ? "reply-state-scheduled" : `reply-state-${reply.state}`)}</span>
      ${later && isFar(reply.not_before) ? html`<span class="soft mail__time">${t("reply-leaves")} <time datetime=${reply.not_before}>${full(reply.not_before)}</time></span>` : null}
    </header>
    ${reply.failure && !reply.waits_for_mailbox ? html`<p class=${stuck ? "notice notice--problem" : "notice notice--warning"} role="alert">${failureWords(reply.failure)}</p>` : null}
    ${reply.waits_for_mailbox ? html`<p class="notice notice--warning">${t("reply-waits")}</p>` : null}
    ${reply.state === "unknown" ? html`<p class="notice">${t("reply-being-looked-for")}</p>` : null}
    ${to.length > 0 ? html`<p class="mail__people soft">${t("mail-to")} <bdi>${to.map(({ name, address }) => name || address).join(", ")}</bdi></p>` : null}
    <div class="mail__body">${reply.text ? html`<${Text} text=${reply.text} />` : null}</div>
    ${held ? html`<${Held} problem=${held.problem} messages=${messages} newcomers=${reply.new_participants} onLook=${() => setHeld(null)} onDecide=${held.again} />` : null}
    <div class="row">
      ${reply.state === "queued" && !reply.automatic ? html`<${Button} icon="undo" busy=${busy} onClick=${undo}>${t(later ? "reply-take-back" : "action-undo")}<//>` : null}
      ${reply.state === "failed" || moved
        ? html`<${Button} kind="primary" icon="send" busy=${busy} onClick=${retry}>${t("reply-retry")}<//>${reply.automatic ? null : html`<${Button} busy=${busy} onClick=${undo}>${t("reply-edit")}<//>`}`
        : null}
      ${reply.state === "needs_review" && !moved
        ? html`<${Button} kind="primary" icon="check" busy=${busy} onClick=${() => settle("sent")}>${t("reply-was-sent")}<//><${Button} kind="danger" busy=${busy} onClick=${() => settle("send_again")}>${t("reply-send-again")}<//>`
        : null}
      ${stuck ? html`<${Button} kind="quiet" busy=${busy} onClick=${() => act(() => remove(base))}>${t("reply-discard")}<//>` : null}
    </div>
  </article>`;
}
