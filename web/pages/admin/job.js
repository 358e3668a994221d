/** Long work that goes on by itself: how far it is, and stopping it. What is shown comes from the desk, so a reload loses nothing. */

import { useState } from "preact/hooks";
import { remove } from "../../app/api.js";
import { t } from "../../app/locale.js";
import { Button } from "../../components/button.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { Box, Sure, useWork } from "./parts.js";

/** How a state looks. @type {Record<string, [string, string]>} */
const SHAPES = { queued: ["warning", "clock"], running: ["warning", "refresh"], done: ["success", "check"], cancelled: ["danger", "close"] };

/** @param {{ job: any, title: string, done: number, whole: number, path: string, reload: () => Promise<void>, keeps?: boolean, children?: any }} props keeps: nothing is left to delete once it is done */
export function Job({ job, title, done, whole, path, reload, keeps, children }) {
  const { busy, problem, run } = useWork(reload);
  const [sure, setSure] = useState(false);
  const active = job.state === "queued" || job.state === "running";
  const [kind, icon] = job.failure ? ["danger", "alert"] : (SHAPES[job.state] ?? ["warning", "clock"]);
  const stop = async () => (await run(() => remove(path), { words: active ? t("job-cancelled") : t("job-deleted") })) && setSure(false);
  const word = active ? t("job-cancel") : t("action-delete");
  return html`<${Box} title=${title} action=${html`<span class=${`chip chip--${kind}`}><${Icon} name=${/** @type {any} */ (icon)} /> ${job.failure ? t("job-state-failed") : t(`job-state-${job.state}`)}</span>`}>
    ${active ? html`<label class="stack"><span>${t("job-progress", { percent: Math.floor((100 * done) / Math.max(1, whole)) })}</span><progress class="progress" max=${Math.max(1, whole)} value=${done}></progress></label>` : null}
    ${children}
    ${active || (!keeps && job.state === "done") ? html`<div class="row"><${Button} kind="danger" onClick=${() => setSure(true)}>${word}<//></div>` : null}
    ${sure ? html`<${Sure} title=${word} words=${active ? t("job-cancel-what") : t("job-delete-what")} submit=${word} busy=${busy} problem=${problem} onClose=${() => setSure(false)} onDo=${stop} />` : null}
  <//>`;
}
