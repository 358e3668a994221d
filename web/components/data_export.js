/** Exports of what is held on one person: how far each is, and its file. What is shown comes from the desk, so a reload loses nothing. */

import { useRef, useState } from "preact/hooks";
import { get, newKey, post } from "../app/api.js";
import { explain, t } from "../app/locale.js";
import { full, number } from "../app/time.js";
import { useEvery, useLoaded } from "../app/use.js";
import { html } from "./html.js";
import { proved } from "./step_up.js";
import { say } from "./toasts.js";

const LOOKED_EVERY_MS = 3_000;

/** The exports that one asked for, and beginning another, after a proof. @param {string} list @param {string} beginAt */
export function useDataExports(list, beginAt) {
  const exports = useLoaded((signal) => get(list, { signal }), []);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const key = useRef(newKey());
  const begin = async () => {
    setBusy(true);
    setProblem("");
    try {
      await proved(() => post(beginAt, undefined, { key: key.current }));
      key.current = newKey();
      say(t("export-begun"));
      await exports.reload();
    } catch (error) {
      setProblem(explain(error));
    }
    setBusy(false);
  };
  return { items: /** @type {any[]} */ (exports.value?.items ?? []), reload: exports.reload, busy, begin, problem: problem || (exports.problem ? explain(exports.problem) : "") };
}

/** @param {{ items: any[], path: string, reload: () => Promise<void>, of?: (job: any) => any }} props path: below which each lies by its id; of: whose it is, where that is not plain */
export function DataExports({ items, path, reload, of }) {
  const underWay = items.some(active);
  useEvery(() => void (underWay && reload()), LOOKED_EVERY_MS);
  return html`<ul class="stack">${items.map((job) => html`<li key=${job.id}><${DataExport} job=${job} path=${path} of=${of} /></li>`)}</ul>`;
}

/** @param {{ job: any, path: string, of?: (job: any) => any }} props */
function DataExport({ job, path, of }) {
  const title = html`<span>${t("export-of", { when: full(job.created_at) })}</span>${of ? html` · ${of(job)}` : null}`;
  if (active(job))
    return html`<label class="stack-small"><span>${title}</span> <span class="soft" role="status">${t("job-progress", { percent: Math.floor((100 * job.part) / Math.max(1, job.parts)) })}</span>
      <progress class="progress" max=${Math.max(1, job.parts)} value=${job.part}></progress></label>`;
  if (job.state !== "done") return html`<p>${title} <span class="chip chip--danger">${t("job-state-failed")}</span></p>`;
  return html`<p>${title} <a href=${`${path}/${job.id}/file`} download>${t("data-download")}</a>
      <span class="soft">${t("export-until", { when: full(job.expires_at) })}</span></p>
    ${job.missing ? html`<p class="soft">${t("export-missing", { count: job.missing, missing: number(job.missing) })}</p>` : null}
    ${job.problems.map((/** @type {string} */ code) => html`<p key=${code} class="notice notice--warning">${explain({ code })}</p>`)}`;
}

const active = (/** @type {any} */ job) => job.state === "queued" || job.state === "running";
