/** Webhooks: other programs that are told of what happens on the desk. */

import { useState } from "preact/hooks";
import { get, newKey, patch, post, remove } from "../../app/api.js";
import { language, t } from "../../app/locale.js";
import { may } from "../../app/session.js";
import { useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { say } from "../../components/toasts.js";
import { answered, Deliveries } from "./deliveries.js";
import { mailboxList } from "./lists.js";
import { Box, Empty, mailboxName, Sure, useWork, Waiting } from "./parts.js";
import { WebhookForm } from "./webhook_form.js";
import { AnotherSecret, Secret } from "./webhook_secret.js";

const LIST = "/api/admin/webhooks";
/** How a state looks. @type {Record<string, [string, string]>} */
const SHAPES = { active: ["success", "check"], unverified: ["warning", "clock"], paused: ["warning", "clock"], disabled: ["danger", "alert"] };

export function Webhooks() {
  const loaded = useLoaded(async (signal) => {
    const [list, boxes] = await Promise.all([get(LIST, { signal }), may("mailbox:read") ? mailboxList(signal) : []]);
    return { ...list, boxes };
  }, []);
  const [open, setOpen] = useState(/** @type {{ what: string, hook?: any } | null} */ (null));
  const [secret, setSecret] = useState(/** @type {{ secret: string, words: string } | null} */ (null));
  const [key, setKey] = useState(newKey);
  const { busy, problem, run } = useWork(loaded.reload);
  if (!loaded.value) return html`<${Waiting} of=${loaded} />`;
  const { items, events, boxes } = loaded.value;
  const close = () => setOpen(null);
  const hookOf = (/** @type {string} */ id) => items.find((/** @type {any} */ hook) => hook.id === id);
  const drop = async () => (await run(() => remove(`${LIST}/${open?.hook.id}`))) && close();
  const save = async (/** @type {any} */ body, /** @type {any} */ hook) => {
    const done = await run(() => (hook ? patch(`${LIST}/${hook.id}`, body, hook.version) : post(LIST, body, { key })));
    if (!done) return;
    close();
    if (!hook) (setSecret({ secret: done.answer.secret, words: t("webhook-secret-what") }), setKey(newKey()));
  };
  const renew = async (/** @type {number} */ hours) => {
    const { id } = open?.hook;
    const done = await run(() => post(`${LIST}/${id}/secret`, { overlap_hours: hours }, { version: hookOf(id).version }), { words: "" });
    if (!done) return;
    close();
    setSecret({ secret: done.answer.secret, words: t("webhook-secret-replaced-what") });
  };
  return html`<p class="soft">${t("webhooks-hint")}</p>
    <div class="row"><${Button} kind="primary" icon="add" onClick=${() => setOpen({ what: "form" })}>${t("webhook-create")}<//></div>
    ${items.length === 0 ? html`<${Empty} icon="send" words=${t("webhooks-empty")} />` : null}
    ${items.map((/** @type {any} */ hook) => html`<${Webhook} key=${hook.id} hook=${hook} boxes=${boxes} reload=${loaded.reload} onOpen=${(/** @type {string} */ what) => setOpen({ what, hook })} />`)}
    ${open?.what === "form"
      ? html`<${WebhookForm} hook=${open.hook && hookOf(open.hook.id)} events=${events} boxes=${boxes} onClose=${close} onSave=${save} busy=${busy} problem=${problem} />`
      : null}
    ${open?.what === "delete" ? html`<${Sure} title=${t("webhook-delete")} words=${t("webhook-delete-what", { name: open.hook.name })} submit=${t("webhook-delete")} busy=${busy} problem=${problem} onClose=${close} onDo=${drop} />` : null}
    ${open?.what === "deliveries" ? html`<${Deliveries} hook=${open.hook} onClose=${close} />` : null}
    ${open?.what === "secret" ? html`<${AnotherSecret} busy=${busy} problem=${problem} onClose=${close} onDo=${renew} />` : null}
    ${secret ? html`<${Secret} ...${secret} onClose=${() => setSecret(null)} />` : null}`;
}

/** @param {{ hook: any, boxes: any[], reload: () => Promise<void>, onOpen: (what: string) => void }} props */
function Webhook({ hook, boxes, reload, onOpen }) {
  const { busy, run } = useWork(reload);
  const path = `${LIST}/${hook.id}`;
  const [kind, icon] = SHAPES[hook.state] ?? ["warning", "alert"];
  const turn = (/** @type {string} */ state) => run(() => patch(path, { state }, hook.version), { loud: true });
  const verify = () => run(() => post(`${path}/verify`), { words: t("webhook-verified"), loud: true });
  const test = async () => {
    const done = await run(() => post(`${path}/test`), { words: "", loud: true });
    if (!done) return;
    const { accepted, status, reason } = done.answer;
    say(accepted ? t("webhook-test-well", { status }) : t("webhook-test-badly", { why: answered({ status, reason }) }), { kind: accepted ? "plain" : "problem" });
  };
  return html`<${Box} title=${hook.name} action=${html`<span class=${`chip chip--${kind}`}><${Icon} name=${/** @type {any} */ (icon)} /> ${t(`webhook-state-${hook.state}`)}</span>`}>
    ${hook.disabled_reason ? html`<p class="notice notice--problem">${t(`webhook-disabled-${hook.disabled_reason}`)}</p>` : null}
    <dl class="facts">
      <dt>${t("webhook-url")}</dt><dd><bdi>${hook.url}</bdi></dd>
      <dt>${t("webhook-events")}</dt><dd>${new Intl.ListFormat(language()).format(hook.actions.map((/** @type {string} */ action) => t(`event-${action.replace(".", "-")}`)))}</dd>
      <dt>${t("person-mailboxes")}</dt><dd>${hook.mailbox_ids === null ? t("webhook-all-mailboxes") : hook.mailbox_ids.map((/** @type {string} */ id) => html`<div key=${id}><bdi>${mailboxName(boxes.find((box) => box.id === id) ?? { id })}</bdi></div>`)}</dd>
    </dl>
    <div class="row">
      ${["unverified", "disabled"].includes(hook.state)
        ? html`<${Button} kind="primary" busy=${busy} onClick=${verify}>${t("webhook-verify")}<//>`
        : html`<${Button} icon="send" busy=${busy} onClick=${test}>${t("webhook-test")}<//>`}
      ${hook.state === "active" ? html`<${Button} busy=${busy} onClick=${() => turn("paused")}>${t("mailbox-pause")}<//>` : null}
      ${hook.state === "paused" ? html`<${Button} busy=${busy} onClick=${() => turn("active")}>${t("mailbox-resume")}<//>` : null}
      <${Button} onClick=${() => onOpen("deliveries")}>${t("webhook-deliveries")}<//>
      <${Button} onClick=${() => onOpen("form")}>${t("action-change")}<//>
      <${Button} onClick=${() => onOpen("secret")}>${t("webhook-secret-new")}<//>
      <${Button} kind="danger" onClick=${() => onOpen("delete")}>${t("action-delete")}<//>
    </div>
  <//>`;
}
