/** What a webhook is told of, and where. */

import { useState } from "preact/hooks";
import { changed } from "../../app/draft.js";
import { t } from "../../app/locale.js";
import { Check, Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { FormDialog, mailboxName, Marks, useDraft } from "./parts.js";

/** @param {{ hook?: any, events: string[], boxes: any[], onClose: () => void, onSave: (body: any, hook: any) => void, busy: boolean, problem: string }} props */
export function WebhookForm({ hook, events, boxes, onClose, onSave, busy, problem }) {
  const before = { name: hook?.name ?? "", url: hook?.url ?? "", actions: hook?.actions ?? ["ticket.created"], all_mailboxes: hook ? hook.mailbox_ids === null : true, mailbox_ids: hook?.mailbox_ids ?? [] };
  const { draft, put, bind, tick } = useDraft(before);
  const [wrong, setWrong] = useState("");
  const submit = () => {
    if (draft.actions.length === 0) return setWrong(t("webhook-no-events"));
    setWrong("");
    const { all_mailboxes: all, mailbox_ids: ids, ...rest } = draft;
    if (!hook) return onSave({ ...rest, mailbox_ids: all ? null : ids }, null);
    return onSave({ ...changed(before, rest), ...(all ? { all_mailboxes: true } : { mailbox_ids: ids }) }, hook);
  };
  return html`<${FormDialog} wide title=${hook ? t("webhook-change") : t("webhook-create")} onClose=${onClose} onSubmit=${submit} busy=${busy} problem=${wrong || problem}>
    <${Field} label=${t("person-name")} required maxlength="60" dir="auto" ...${bind("name")} />
    <${Field} label=${t("webhook-url")} hint=${hook ? t("webhook-url-again") : t("webhook-url-hint")} type="url" required dir="ltr" autocomplete="off" ...${bind("url")} />
    <${Marks} legend=${t("webhook-events")} options=${events.map((event) => ({ value: event, words: t(`event-${event.replace(".", "-")}`) }))} chosen=${draft.actions} onChange=${(/** @type {string[]} */ chosen) => put("actions", chosen)} />
    <${Check} label=${t("webhook-all-mailboxes")} ...${tick("all_mailboxes")} />
    ${draft.all_mailboxes ? null : html`<${Marks} legend=${t("person-mailboxes")} options=${boxes.map((box) => ({ value: box.id, words: mailboxName(box) }))} chosen=${draft.mailbox_ids} onChange=${(/** @type {string[]} */ ids) => put("mailbox_ids", ids)} />`}
  <//>`;
}
