/** Imports: tickets of other helpdesks, and of our own export, brought into a mailbox. */

import { useMemo, useState } from "preact/hooks";
import { get, newKey, post } from "../../app/api.js";
import { explain, has, t } from "../../app/locale.js";
import { current } from "../../app/session.js";
import { full, number } from "../../app/time.js";
import { useEvery, useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { Check, Choice, Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { Table } from "../../components/table.js";
import { Job } from "./job.js";
import { mailboxList } from "./lists.js";
import { Empty, FormDialog, mailboxName, useDraft, useWork, Waiting } from "./parts.js";

const LIST = "/api/admin/imports";
const FORMATS = ["own", "freescout", "zammad"];
const COUNTS = ["created", "completed", "unchanged", "notes", "bad"];
const MOST_BYTES = 30 * 1024 * 1024;
const LOOKED_EVERY_MS = 3_000;

export function Imports() {
  const list = useLoaded((signal) => get(`${LIST}?limit=20`, { signal }), []);
  const boxes = useLoaded(mailboxList, []);
  const [asking, setAsking] = useState(false);
  const items = /** @type {any[]} */ (list.value?.items ?? []);
  useEvery(() => void (items.some(({ state }) => state === "queued" || state === "running") && list.reload()), LOOKED_EVERY_MS);
  const own = (boxes.value ?? []).filter(({ id }) => current().user?.mailbox_ids.includes(id));
  return html`<p class="soft">${t("imports-hint")}</p>
    ${boxes.value && own.length === 0
      ? html`<p class="notice notice--warning">${t("import-no-mailbox")}</p>`
      : html`<div class="row"><${Button} kind="primary" icon="add" onClick=${() => setAsking(true)}>${t("import-create")}<//></div>`}
    <${Waiting} of=${list} />
    ${list.value && items.length === 0 && own.length > 0 ? html`<${Empty} words=${t("imports-empty")} icon="inbox" />` : null}
    ${items.map((job) => html`<${Import} key=${job.id} job=${job} boxes=${boxes.value ?? []} reload=${list.reload} />`)}
    ${asking ? html`<${Create} boxes=${own} onClose=${() => setAsking(false)} reload=${list.reload} />` : null}`;
}

/** @param {{ job: any, boxes: any[], reload: () => Promise<void> }} props */
function Import({ job, boxes, reload }) {
  return html`<${Job} keeps job=${job} title=${t(job.dry_run ? "import-trial-of" : "import-of", { when: full(job.created_at) })} done=${job.bytes_done} whole=${job.bytes} path=${`${LIST}/${job.id}`} reload=${reload}>
    <p class="row soft">${t(`import-format-${job.format}`)} <${Icon} name="forward" /> <bdi>${mailboxName(boxes.find(({ id }) => id === job.mailbox_id) ?? { id: job.mailbox_id })}</bdi></p>
    ${job.failure ? html`<p class="notice notice--problem">${explain({ code: job.failure })}</p>` : null}
    <dl class="facts">
      <dt>${t("import-lines")}</dt><dd class="number">${number(job.line)}</dd>
      ${COUNTS.map((name) => html`<dt key=${name}>${t(`import-${name}`)}</dt><dd class="number">${number(job[name])}</dd>`)}
    </dl>
    ${job.bad_rows.length
      ? html`<details>
          <summary>${t("import-bad-rows")}</summary>
          <${Table}
            label=${t("import-bad-rows")}
            columns=${[{ words: t("import-line"), number: true }, { words: t("import-why") }]}
            rows=${job.bad_rows.map((/** @type {any} */ row) => ({ key: String(row.line), cells: [number(row.line), whyNot(row.code)] }))}
          />
        </details>`
      : null}
  <//>`;
}

/** A part of a line has a code of its own where that was malformed. @param {string} code */
const whyNot = (code) => (has(`error-${code.replaceAll(".", "-")}`) ? explain({ code }) : t("import-malformed", { code }));

/** @param {{ boxes: any[], onClose: () => void, reload: () => Promise<void> }} props */
function Create({ boxes, onClose, reload }) {
  const { draft, bind, tick } = useDraft({ format: "own", mailbox_id: boxes[0]?.id ?? "", dry_run: true });
  const [file, setFile] = useState(/** @type {File | null} */ (null));
  const key = useMemo(newKey, [draft, file]); // another one is meant where anything is chosen anew
  const { busy, problem, run } = useWork(reload);
  const large = file !== null && file.size > MOST_BYTES;
  const submit = async () => {
    if (!file || large) return;
    const query = new URLSearchParams({ format: draft.format, mailbox_id: draft.mailbox_id, dry_run: draft.dry_run ? "yes" : "no" });
    const begun = await run(() => post(`${LIST}?${query}`, undefined, { file, key, headers: { "Content-Type": "application/octet-stream" } }), { words: t("import-begun") });
    if (begun) onClose();
  };
  return html`<${FormDialog} title=${t("import-create")} submit=${draft.dry_run ? t("rule-try") : t("import-begin")} onClose=${onClose} onSubmit=${submit} busy=${busy} problem=${problem}>
    <${Choice} label=${t("import-format")} options=${FORMATS.map((format) => ({ value: format, words: t(`import-format-${format}`) }))} ...${bind("format")} />
    <${Choice} label=${t("import-into")} options=${boxes.map((box) => ({ value: box.id, words: mailboxName(box) }))} ...${bind("mailbox_id")} />
    <${Field} label=${t("import-file")} hint=${t("import-file-hint")} problem=${large ? t("error-import-too_large") : null} type="file" required accept=".jsonl,.ndjson,.json,application/json" onChange=${(/** @type {any} */ event) => setFile(event.currentTarget.files[0] ?? null)} />
    <${Check} label=${t("import-dry-run")} ...${tick("dry_run")} />
  <//>`;
}
