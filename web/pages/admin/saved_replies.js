/** Saved replies: one's own, and those that everybody in a mailbox has. */

import { useRef, useState } from "preact/hooks";
import { get, newKey, patch, post, remove } from "../../app/api.js";
import { LANGUAGES } from "../../app/appearance.js";
import { changed } from "../../app/draft.js";
import { t } from "../../app/locale.js";
import { filled, inserted, PLACEHOLDERS, unknownIn } from "../../app/placeholders.js";
import { current, may } from "../../app/session.js";
import { number } from "../../app/time.js";
import { useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { Choice, Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { Table } from "../../components/table.js";
import { everything, mailboxList } from "./lists.js";
import { Empty, FormDialog, mailboxName, Sure, useDraft, useWork, Waiting } from "./parts.js";

const LIST = "/api/tickets/saved_replies";
/** What a preview shows: the same in every language, and in the reader's. */
const SAMPLE = { "ticket.code": "R00F-4ZYH", "mailbox.address": "support@example.com" };
const SAMPLED = ["customer.first_name", "customer.name", "agent.name", "ticket.subject"];

export function SavedReplies() {
  const loaded = useLoaded(async (signal) => {
    const [items, boxes] = await Promise.all([everything(LIST, signal), may("mailbox:read") ? mailboxList(signal) : []]);
    return { items, boxes: boxes.filter(({ id }) => current().user?.mailbox_ids.includes(id)) };
  }, []);
  const [open, setOpen] = useState(/** @type {{ what: "form" | "delete", row?: any } | null} */ (null));
  const { busy, problem, run } = useWork(loaded.reload);
  if (!loaded.value) return html`<${Waiting} of=${loaded} />`;
  const { items, boxes } = loaded.value;
  const close = () => setOpen(null);
  const drop = async () => (await run(() => remove(`${LIST}/${open?.row.id}`, { version: rowOf(open?.row.id)?.version ?? open?.row.version }))) && close();
  const rowOf = (/** @type {string} */ id) => items.find((row) => row.id === id);
  const whose = (/** @type {any} */ row) => (row.mailbox_id ? html`<bdi>${mailboxName(boxes.find(({ id }) => id === row.mailbox_id) ?? { id: "" })}</bdi>` : t("saved-reply-own"));
  return html`<p class="soft">${t("saved-replies-hint")}</p>
    <div class="row"><${Button} kind="primary" icon="add" onClick=${() => setOpen({ what: "form" })}>${t("saved-reply-create")}<//></div>
    ${items.length === 0
      ? html`<${Empty} icon="reply" words=${t("saved-replies-empty")} />`
      : html`<${Table}
          box
          label=${t("admin-saved_replies")}
          columns=${[{ words: t("person-name"), head: true }, { words: t("saved-reply-whose") }, { words: t("account-language") }, { words: t("action-change"), bare: true }]}
          rows=${items.map((row) => ({
            key: row.id,
            cells: [
              html`<span dir="auto">${row.name}</span>`,
              whose(row),
              row.language === "ar" ? "العربية" : "English",
              row.changeable
                ? html`<div class="row">
                    <${Button} label=${t("saved-reply-change", { name: row.name })} icon="note" kind="quiet" onClick=${() => setOpen({ what: "form", row })} />
                    <${Button} label=${t("saved-reply-delete", { name: row.name })} icon="close" kind="quiet" onClick=${() => setOpen({ what: "delete", row })} />
                  </div>`
                : null,
            ],
          }))}
        />`}
    ${open?.what === "form" ? html`<${Open} id=${open.row?.id} boxes=${boxes} onClose=${close} reload=${loaded.reload} />` : null}
    ${open?.what === "delete" ? html`<${Sure} title=${t("saved-reply-delete", { name: open.row.name })} words=${t("saved-reply-delete-what")} submit=${t("action-delete")} busy=${busy} problem=${problem} onClose=${close} onDo=${drop} />` : null}`;
}

/** @param {{ id?: string, boxes: any[], onClose: () => void, reload: () => Promise<void> }} props */
function Open({ id, boxes, onClose, reload }) {
  const loaded = useLoaded((signal) => (id ? get(`${LIST}/${id}`, { signal }) : Promise.resolve({ name: "", text: "", language: "en", mailbox_id: null })), [id]);
  const again = async () => void (await Promise.all([loaded.reload(), reload()]));
  return loaded.value ? html`<${Edit} id=${id} saved=${loaded.value} boxes=${boxes} onClose=${onClose} reload=${again} />` : html`<${Waiting} of=${loaded} />`;
}

/** @param {{ id?: string, saved: any, boxes: any[], onClose: () => void, reload: () => Promise<void> }} props */
function Edit({ id, saved, boxes, onClose, reload }) {
  const before = { name: saved.name, text: saved.text, language: saved.language, mailbox_id: saved.mailbox_id };
  const { draft, put, bind } = useDraft(before);
  const [key] = useState(newKey);
  const area = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const { busy, problem, run } = useWork(reload);
  const { mailbox_id: _, ...changeable } = draft;
  const save = () => (id ? patch(`${LIST}/${id}`, changed(before, changeable), saved.version) : post(LIST, draft, { key }));
  const submit = async () => (await run(save)) && onClose();
  const insert = (/** @type {any} */ event) => {
    const name = event.currentTarget.value;
    const at = area.current;
    if (!name || !at) return;
    const next = inserted(draft.text, at.selectionStart, at.selectionEnd, `{{${name}}}`);
    put("text", next.text);
    event.currentTarget.value = "";
    requestAnimationFrame(() => (at.focus(), at.setSelectionRange(next.caret, next.caret)));
  };
  const wrong = unknownIn(draft.text);
  const sample = { ...SAMPLE, ...Object.fromEntries(SAMPLED.map((name) => [name, t(`placeholder-sample-${name.replace(".", "-")}`)])) };
  const options = [{ value: "", words: t("saved-reply-own") }, ...boxes.map((box) => ({ value: box.id, words: t("saved-reply-of", { mailbox: mailboxName(box) }) }))];
  return html`<${FormDialog} wide title=${id ? t("saved-reply-change", { name: saved.name }) : t("saved-reply-create")} onClose=${onClose} onSubmit=${submit} busy=${busy} problem=${problem}>
    <div class="fields">
      <${Field} label=${t("person-name")} required dir="auto" ...${bind("name")} />
      <${Choice} label=${t("account-language")} options=${LANGUAGES.map((tag) => ({ value: tag, words: tag === "ar" ? "العربية" : "English" }))} ...${bind("language")} />
      ${!id && may("saved_reply:share") ? html`<${Choice} label=${t("saved-reply-whose")} options=${options} value=${draft.mailbox_id ?? ""} onInput=${(/** @type {any} */ event) => put("mailbox_id", event.currentTarget.value || null)} />` : null}
    </div>
    <${Field} label=${t("saved-reply-text")} problem=${wrong.length ? t("saved-reply-unknown", { names: wrong.join(", ") }) : null}>
      ${(/** @type {object} */ attributes) => html`<textarea class="input" rows="8" required dir="auto" lang=${draft.language} ref=${area} ...${attributes} ...${bind("text")}></textarea>`}
    <//>
    <${Choice} label=${t("saved-reply-insert")} value="" options=${[{ value: "", words: t("saved-reply-insert-what") }, ...PLACEHOLDERS.map((name) => ({ value: name, words: t(`placeholder-${name.replace(".", "-")}`) }))]} onChange=${insert} />
    <section class="notice" aria-label=${t("saved-reply-preview")}>
      <h3>${t("saved-reply-preview")}</h3>
      <p class="plain" dir="auto" lang=${draft.language}>${filled(draft.text, sample)}</p>
    </section>
    ${saved.uses ? html`<p class="soft">${t("saved-reply-uses", { count: saved.uses, uses: number(saved.uses) })}</p>` : null}
  <//>`;
}
