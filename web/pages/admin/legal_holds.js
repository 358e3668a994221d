/** Legal holds: what is kept from being erased, by whom and why; setting and lifting them. */

import { useState } from "preact/hooks";
import { get, post, remove } from "../../app/api.js";
import { t } from "../../app/locale.js";
import { link } from "../../app/router.js";
import { full } from "../../app/time.js";
import { useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { Choice, Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { everything, mailboxList } from "./lists.js";
import { Box, Empty, FormDialog, mailboxName, Sure, useDraft, useWork, Waiting } from "./parts.js";

const LIST = "/api/admin/legal_holds";
const KINDS = ["ticket", "customer", "mailbox"];

/** @param {{ place: import("../../app/router.js").Place }} props a ticket's or a customer's page may lead here to hold it */
export function LegalHolds({ place }) {
  const loaded = useLoaded(async (signal) => {
    const [holds, boxes, people] = await Promise.all([everything(LIST, signal), mailboxList(signal), everything("/api/admin/people", signal)]);
    return { holds, boxes, people };
  }, []);
  const asked = KINDS.find((kind) => place.query.has(kind));
  const [setting, setSetting] = useState(Boolean(asked));
  const [lifting, setLifting] = useState(/** @type {any} */ (null));
  const { busy, problem, run } = useWork(loaded.reload);
  const lift = async () => (await run(() => remove(`${LIST}/${lifting.id}`), { words: t("hold-lifted") })) && setLifting(null);
  const boxes = loaded.value?.boxes ?? [];
  const who = (/** @type {string} */ id) => loaded.value?.people.find((one) => one.id === id)?.name ?? id;
  return html`<p class="soft">${t("holds-hint")}</p>
    <div class="row"><${Button} kind="primary" icon="add" onClick=${() => setSetting(true)}>${t("hold-set")}<//></div>
    <${Waiting} of=${loaded} />
    ${loaded.value?.holds.length === 0 ? html`<${Empty} words=${t("holds-empty")} icon="lock" />` : null}
    ${(loaded.value?.holds ?? []).map(
      (hold) => html`<${Box} key=${hold.id} title=${t(`hold-of-${hold.kind}`)} action=${html`<${Button} onClick=${() => setLifting(hold)}>${t("hold-lift")}<//>`}>
        <dl class="facts">
          <dt>${t("hold-what")}</dt><dd><${Target} hold=${hold} boxes=${boxes} /></dd>
          <dt>${t("hold-reason")}</dt><dd class="plain" dir="auto">${hold.reason}</dd>
          <dt>${t("hold-by")}</dt><dd><span dir="auto">${who(hold.set_by)}</span> · ${full(hold.set_at)}</dd>
        </dl>
      <//>`,
    )}
    ${setting ? html`<${SetHold} boxes=${boxes} kind=${asked} target=${asked ? place.query.get(asked) : ""} onClose=${() => setSetting(false)} reload=${loaded.reload} />` : null}
    ${lifting ? html`<${Sure} title=${t("hold-lift")} words=${t("hold-lift-what")} submit=${t("hold-lift")} busy=${busy} problem=${problem} onClose=${() => setLifting(null)} onDo=${lift} />` : null}`;
}

/** @param {{ hold: any, boxes: any[] }} props */
function Target({ hold, boxes }) {
  if (hold.kind === "ticket") return html`<a href=${link(["tickets", hold.target_id])}><bdi class="code">${hold.code}</bdi></a>`;
  if (hold.kind === "customer") return html`<a href=${link(["customers", hold.target_id])}><bdi>${hold.target_id}</bdi></a>`;
  return html`<bdi>${mailboxName(boxes.find(({ id }) => id === hold.target_id) ?? { id: hold.target_id })}</bdi>`;
}

/** @param {{ boxes: any[], kind?: string, target?: string, onClose: () => void, reload: () => Promise<void> }} props */
function SetHold({ boxes, kind: asked = "ticket", target = "", onClose, reload }) {
  const { draft, bind } = useDraft({ kind: asked, target, mailbox: boxes[0]?.id ?? "", reason: "" });
  const { busy, problem, run } = useWork(reload);
  const { kind } = draft;
  const submit = async () => (await run(() => post(LIST, { kind, target: kind === "mailbox" ? draft.mailbox : draft.target.trim(), reason: draft.reason }), { words: t("hold-is-set") })) && onClose();
  return html`<${FormDialog} title=${t("hold-set")} submit=${t("hold-set")} onClose=${onClose} onSubmit=${submit} busy=${busy} problem=${problem}>
    <${Choice} label=${t("hold-what")} options=${KINDS.map((one) => ({ value: one, words: t(`hold-of-${one}`) }))} ...${bind("kind")} onChange=${bind("kind").onInput} />
    ${kind === "mailbox"
      ? html`<${Choice} label=${t("hold-of-mailbox")} options=${boxes.map((box) => ({ value: box.id, words: mailboxName(box) }))} ...${bind("mailbox")} onChange=${bind("mailbox").onInput} />`
      : html`<${Field} label=${t(`hold-name-${kind}`)} hint=${t(`hold-name-${kind}-hint`)} required autocomplete="off" ...${bind("target")} />`}
    <${Field} label=${t("hold-reason")} hint=${t("hold-reason-hint")} required maxlength="1000" autocomplete="off" ...${bind("reason")} />
  <//>`;
}
