/** Exports of everything that one may see: how far each is, and its files. */

import { useState } from "preact/hooks";
import { get, newKey, post } from "../../app/api.js";
import { explain, t } from "../../app/locale.js";
import { current } from "../../app/session.js";
import { size } from "../../app/size.js";
import { full, number } from "../../app/time.js";
import { useEvery, useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { Check } from "../../components/field.js";
import { html } from "../../components/html.js";
import { Job } from "./job.js";
import { mailboxList } from "./lists.js";
import { Box, Empty, FormDialog, mailboxName, Marks, useDraft, useWork, Waiting } from "./parts.js";

const LIST = "/api/admin/exports";
const LOOKED_EVERY_MS = 3_000;

export function Exports() {
  const list = useLoaded((signal) => get(`${LIST}?limit=20`, { signal }), []);
  const boxes = useLoaded(mailboxList, []);
  const [asking, setAsking] = useState(false);
  const items = /** @type {any[]} */ (list.value?.items ?? []);
  useEvery(() => void (items.some(({ state }) => state === "queued" || state === "running") && list.reload()), LOOKED_EVERY_MS);
  return html`<p class="soft">${t("exports-hint")}</p>
    <div class="row"><${Button} kind="primary" icon="add" onClick=${() => setAsking(true)}>${t("export-create")}<//></div>
    <${Waiting} of=${list} />
    ${list.value && items.length === 0 ? html`<${Empty} words=${t("exports-empty")} icon="inbox" />` : null}
    ${items.map((job) => html`<${Export} key=${job.id} job=${job} boxes=${boxes.value ?? []} reload=${list.reload} />`)}
    ${asking ? html`<${Create} boxes=${(boxes.value ?? []).filter(({ id }) => current().user?.mailbox_ids.includes(id))} onClose=${() => setAsking(false)} reload=${list.reload} />` : null}`;
}

/** @param {{ job: any, boxes: any[], reload: () => Promise<void> }} props */
function Export({ job, boxes, reload }) {
  const name = (/** @type {string} */ id) => mailboxName(boxes.find((box) => box.id === id) ?? { id });
  return html`<${Job} job=${job} title=${t("export-of", { when: full(job.created_at) })} done=${job.part} whole=${job.parts} path=${`${LIST}/${job.id}`} reload=${reload}>
    <p class="soft">${job.mailbox_ids.length ? job.mailbox_ids.map((/** @type {string} */ id) => html`<bdi key=${id} class="chip">${name(id)}</bdi> `) : t("export-organisation")} ${job.mail ? t("export-with-mail") : t("export-without-mail")}</p>
    ${job.files.length
      ? html`<p class="soft">${t("export-until", { when: full(job.expires_at) })}</p>
          <ul class="stack">
            ${job.files.map(
              (/** @type {any} */ file) => html`<li key=${file.number}>
                <a href=${file.url} download><bdi>${file.name}</bdi></a> <span class="soft">${size(file.size)} · ${t("export-rows", { count: file.rows, rows: number(file.rows) })}</span>
                ${file.missing ? html`<div class="soft">${t("export-missing", { count: file.missing, missing: number(file.missing) })}</div>` : null}
                ${file.problem ? html`<div class="notice notice--warning">${explain({ code: file.problem })}</div>` : null}
              </li>`,
            )}
          </ul>`
      : null}
  <//>`;
}

/** @param {{ boxes: any[], onClose: () => void, reload: () => Promise<void> }} props */
function Create({ boxes, onClose, reload }) {
  const { draft, put, tick } = useDraft({ mailbox_ids: /** @type {string[]} */ (boxes.map(({ id }) => id)), mail: true });
  const [key] = useState(newKey);
  const { busy, problem, run } = useWork(reload);
  const submit = async () => (await run(() => post(LIST, draft, { key }), { words: t("export-begun") })) && onClose();
  return html`<${FormDialog} title=${t("export-create")} submit=${t("export-begin")} onClose=${onClose} onSubmit=${submit} busy=${busy} problem=${problem}>
    <p>${t("export-what")}</p>
    <${Marks} legend=${t("person-mailboxes")} hint=${t("export-own")} options=${boxes.map((box) => ({ value: box.id, words: mailboxName(box) }))} chosen=${draft.mailbox_ids} onChange=${(/** @type {string[]} */ ids) => put("mailbox_ids", ids)} />
    <${Check} label=${t("export-mail")} ...${tick("mail")} />
  <//>`;
}
