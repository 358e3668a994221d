/** Break-glass of a mailbox: who asks to read it without being a member, and who does. */

import { useState } from "preact/hooks";
import { get, newKey, patch, post } from "../../app/api.js";
import { explain, t } from "../../app/locale.js";
import { current, may, restore } from "../../app/session.js";
import { full } from "../../app/time.js";
import { useEvery, useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { Dialog } from "../../components/dialog.js";
import { Check, Choice, Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { proved } from "../../components/step_up.js";
import { say } from "../../components/toasts.js";

const LOOKED_EVERY_MS = 10_000;
const MINUTES = ["15", "30", "60", "120", "240"];

/** @param {{ mailbox: any }} props */
export function Glass({ mailbox }) {
  const path = `/api/admin/mailboxes/${mailbox.id}/break_glass`;
  const list = useLoaded(async (signal) => {
    const found = await get(path, { signal });
    // Somebody consented meanwhile, or it is over: the whole page knows by the session.
    const reads = found.items.some((/** @type {any} */ one) => one.state === "open" && one.asked_by.id === current().user?.id);
    if (reads !== Boolean(current().user?.glass?.includes(mailbox.id))) await restore();
    return found;
  }, [path]);
  const [asking, setAsking] = useState(false);
  const items = /** @type {any[]} */ (list.value?.items ?? []);
  const living = items.some(({ state }) => state === "asked" || state === "open");
  useEvery(() => void (living && list.reload()), LOOKED_EVERY_MS);
  const outside = may("break_glass:request") && !current().user?.mailbox_ids.includes(mailbox.id);
  const act = async (/** @type {any} */ one, /** @type {"consent" | "end"} */ verb) => {
    try {
      await proved(() => post(`${path}/${one.id}/${verb}`));
    } catch (error) {
      say(explain(error), { kind: "problem" });
    }
    await list.reload();
  };
  if (!outside && items.length === 0) return null;
  return html`<div class="stack">
    <h3>${t("glass-title")}</h3>
    <p class="soft">${t("glass-hint")}</p>
    ${items.map((one) => html`<${One} key=${one.id} one=${one} onAct=${act} />`)}
    ${outside && !items.some((one) => one.asked_by.id === current().user?.id && (one.state === "asked" || one.state === "open"))
      ? html`<div class="row"><${Button} icon="eye" onClick=${() => setAsking(true)}>${t("glass-ask")}<//></div>`
      : null}
    ${asking ? html`<${Ask} mailbox=${mailbox} path=${path} onClose=${() => setAsking(false)} reload=${list.reload} />` : null}
  </div>`;
}

/** Whether another person must consent, as the organisation decided. */
export function GlassSetting() {
  const path = "/api/admin/organisation/break_glass";
  const found = useLoaded((signal) => get(path, { signal }), []);
  const decide = async (/** @type {boolean} */ consent) => {
    try {
      await proved(() => patch(path, { consent }, found.value.version));
      say(t("saved"));
    } catch (error) {
      say(explain(error), { kind: "problem" });
    }
    await found.reload();
  };
  return found.value ? html`<${Check} label=${t("glass-setting")} checked=${found.value.consent} onChange=${(/** @type {any} */ event) => decide(event.currentTarget.checked)} />` : null;
}

/** @param {{ one: any, onAct: (one: any, verb: "consent" | "end") => void }} props */
function One({ one, onAct }) {
  const own = one.asked_by.id === current().user?.id;
  const words = one.state === "open" ? "glass-end" : own ? "glass-withdraw" : "glass-refuse";
  return html`<div class=${one.state === "open" ? "notice notice--warning" : "notice"}>
    <p><span dir="auto">${t("glass-who", { name: one.asked_by.name ?? t("glass-somebody"), reason: one.reason ?? t("glass-reason-gone") })}</span></p>
    <p class="soft">
      ${t(`glass-state-${one.state}`, one.until ? { until: full(one.until) } : {})}
      ${one.consented_by ? html` · ${t("glass-consented", { name: one.consented_by.name ?? t("glass-somebody") })}` : null}
      ${" "}· <time datetime=${one.asked_at}>${full(one.asked_at)}</time>
    </p>
    <div class="row">
      ${one.may_consent ? html`<${Button} kind="primary" onClick=${() => onAct(one, "consent")}>${t("glass-consent")}<//>` : null}
      ${one.may_end ? html`<${Button} onClick=${() => onAct(one, "end")}>${t(words)}<//>` : null}
    </div>
  </div>`;
}

/** @param {{ mailbox: any, path: string, onClose: () => void, reload: () => Promise<void> }} props */
function Ask({ mailbox, path, onClose, reload }) {
  const [reason, setReason] = useState("");
  const [minutes, setMinutes] = useState("30");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [key] = useState(newKey);
  const send = async () => {
    setBusy(true);
    setProblem("");
    try {
      const { state } = await proved(() => post(path, { reason, minutes: Number(minutes) }, { key }));
      say(t(state === "open" ? "glass-open-now" : "glass-asked-now"));
      await reload();
      onClose();
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };
  return html`<${Dialog} title=${t("glass-ask-title", { mailbox: mailbox.address ?? mailbox.id })} onClose=${onClose}
    actions=${html`<${Button} onClick=${onClose}>${t("action-cancel")}<//><${Button} kind="primary" busy=${busy} onClick=${send}>${t("glass-send")}<//>`}>
    <p>${t("glass-hint")}</p>
    <${Field} label=${t("glass-reason")} hint=${t("glass-reason-hint")} dir="auto" maxlength="500" required problem=${problem} value=${reason} onInput=${(/** @type {any} */ event) => setReason(event.currentTarget.value)} />
    <${Choice} label=${t("glass-minutes")} options=${MINUTES.map((value) => ({ value, words: t("glass-minutes-choice", { minutes: Number(value) }) }))} value=${minutes} onChange=${(/** @type {any} */ event) => setMinutes(event.currentTarget.value)} />
  <//>`;
}
