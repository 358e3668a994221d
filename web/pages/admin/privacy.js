/** Requests of people about their data, by when they must be answered, and what became of them. */

import { useEffect, useState } from "preact/hooks";
import { get, newKey, patch, post } from "../../app/api.js";
import { explain, t } from "../../app/locale.js";
import { link } from "../../app/router.js";
import { full } from "../../app/time.js";
import { useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { DataExports } from "../../components/data_export.js";
import { Erased, Erasures } from "../../components/erased.js";
import { Check, Choice, Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { firstPages } from "./lists.js";
import { Box, Empty, FormDialog, useDraft, useWork, Waiting } from "./parts.js";

const LIST = "/api/admin/privacy/requests";
const EXPORTS = "/api/admin/privacy/exports";
const ERASURES = "/api/admin/privacy/erasures";
const SETTINGS = "/api/admin/privacy/settings";
const STATES = ["pending", "done", "refused"];
const KINDS = ["correction", "erasure"];
const DAY_MS = 86_400_000;
const ASKED_AFTER_MS = 350;

export function Privacy() {
  const [state, setState] = useState("pending");
  const [pages, setPages] = useState(1);
  const list = useLoaded((signal) => firstPages(`${LIST}?state=${state}`, pages, signal), [state, pages]);
  const exports = useLoaded((signal) => get(`${EXPORTS}?limit=20`, { signal }), []);
  const [creating, setCreating] = useState(false);
  const items = /** @type {any[]} */ (list.value?.items ?? []);
  const mine = /** @type {any[]} */ (exports.value?.items ?? []);
  return html`<p class="soft">${t("privacy-hint")}</p>
    <div class="row row--apart">
      <${Choice} label=${t("privacy-state")} options=${STATES.map((one) => ({ value: one, words: t(`privacy-state-${one}`) }))} value=${state} onInput=${(/** @type {any} */ event) => (setPages(1), setState(event.currentTarget.value))} />
      <${Button} kind="primary" icon="add" onClick=${() => setCreating(true)}>${t("privacy-create")}<//>
    </div>
    <${Waiting} of=${list} />
    ${list.value && items.length === 0 ? html`<${Empty} words=${t(`privacy-empty-${state}`)} icon="shield" />` : null}
    ${items.map((one) => html`<${Asked} key=${one.id} one=${one} reload=${list.reload} />`)}
    ${list.value?.next ? html`<div class="row"><${Button} onClick=${() => setPages(pages + 1)} busy=${list.loading}>${t("customers-more")}<//></div>` : null}
    ${mine.length > 0
      ? html`<${Box} title=${t("privacy-exports")} hint=${t("privacy-exports-hint")}><${DataExports} items=${mine} path=${EXPORTS} reload=${exports.reload}
          of=${(/** @type {any} */ job) => html`<a href=${link(["customers", job.subject_id])}>${t("privacy-customer")}</a>`} /><//>`
      : null}
    <${Box} title=${t("privacy-erasures")} hint=${t("privacy-erasures-hint")}><${Erasures} list=${ERASURES} kinds=${{ customer: t("privacy-erased-customer"), person: t("privacy-erased-person") }} /><//>
    <${Names} />
    ${creating ? html`<${Create} onClose=${() => setCreating(false)} reload=${list.reload} />` : null}`;
}

/** @param {{ one: any, reload: () => Promise<void> }} props */
function Asked({ one, reload }) {
  const [settling, setSettling] = useState(/** @type {"" | "done" | "refused"} */ (""));
  const pending = one.state === "pending";
  return html`<${Box} title=${t(`privacy-kind-${one.kind}`)} action=${pending ? html`<${Clock} due=${one.due_at} soon=${one.runs_out} />` : html`<span class="chip">${t(`privacy-state-${one.state}`)}</span>`}>
    <dl class="facts">
      <dt>${t("privacy-who")}</dt><dd><a href=${link(["customers", one.subject_id])}><bdi>${one.name || one.address || t("customer-erased")}</bdi></a> ${one.name && one.address ? html`<bdi class="soft">${one.address}</bdi>` : null}</dd>
      <dt>${t("privacy-asked")}</dt><dd>${full(one.asked_at)}</dd>
      <dt>${t("privacy-due")}</dt><dd>${full(one.due_at)}</dd>
      ${one.text ? [html`<dt>${t("privacy-text")}</dt>`, html`<dd class="plain" dir="auto">${one.text}</dd>`] : null}
      ${one.answer ? [html`<dt>${t("privacy-answer")}</dt>`, html`<dd class="plain" dir="auto">${one.answer}</dd>`] : null}
      ${one.settled_at ? [html`<dt>${t("privacy-settled")}</dt>`, html`<dd>${full(one.settled_at)}</dd>`] : null}
    </dl>
    ${one.state === "done" && one.kind === "erasure" ? html`<${Erased} path=${`/api/admin/privacy/customers/${one.subject_id}/erasure`} />` : null}
    ${pending
      ? html`<div class="row">
          <${Button} kind=${one.kind === "erasure" ? "danger" : "primary"} onClick=${() => setSettling("done")}>${t(`privacy-do-${one.kind}`)}<//>
          <${Button} onClick=${() => setSettling("refused")}>${t("privacy-refuse")}<//>
        </div>`
      : null}
    ${settling ? html`<${Settle} one=${one} decision=${settling} onClose=${() => setSettling("")} reload=${reload} />` : null}
  <//>`;
}

/** How long is left of the month. @param {{ due: string, soon: boolean }} props */
function Clock({ due, soon }) {
  const days = Math.floor((Date.parse(due) - Date.now()) / DAY_MS);
  return html`<span class=${`chip chip--${days < 0 ? "danger" : soon ? "warning" : "success"}`} title=${full(due)}><${Icon} name=${days < 0 ? "alert" : "clock"} />
    ${days < 0 ? t("privacy-late") : days === 0 ? t("privacy-today") : t("privacy-days", { days })}</span>`;
}

/** @param {{ one: any, decision: "done" | "refused", onClose: () => void, reload: () => Promise<void> }} props */
function Settle({ one, decision, onClose, reload }) {
  const { draft, bind } = useDraft({ answer: "" });
  const { busy, problem, run } = useWork(reload);
  const refuses = decision === "refused";
  const words = t(refuses ? "privacy-refused" : one.kind === "erasure" ? "erasure-begun" : "privacy-is-done");
  const submit = async () => (await run(() => patch(`${LIST}/${one.id}`, { decision, answer: draft.answer.trim() }, one.version), { words })) && onClose();
  const title = t(refuses ? "privacy-refuse" : `privacy-do-${one.kind}`);
  return html`<${FormDialog} title=${title} submit=${title} onClose=${onClose} onSubmit=${submit} busy=${busy} problem=${problem}>
    <p>${t(refuses ? "privacy-refuse-what" : `privacy-do-${one.kind}-what`)}</p>
    ${refuses || one.kind === "correction"
      ? html`<${Field} label=${t("privacy-answer")} hint=${t("privacy-answer-hint")}>
          ${(/** @type {object} */ attributes) => html`<textarea class="input" rows="4" maxlength="2000" dir="auto" required=${refuses} ...${attributes} ...${bind("answer")}></textarea>`}
        <//>`
      : null}
  <//>`;
}

/** Write down what came by letter or by telephone. @param {{ onClose: () => void, reload: () => Promise<void> }} props */
function Create({ onClose, reload }) {
  const { draft, bind } = useDraft({ q: "", kind: "correction", text: "" });
  const [found, setFound] = useState(/** @type {any[] | null} */ (null));
  const [who, setWho] = useState("");
  const [key] = useState(newKey);
  const { busy, problem, run, setProblem } = useWork(reload);
  const wanted = draft.q.trim();
  useEffect(() => {
    if (wanted.length < 2) return setFound(null);
    const asking = new AbortController();
    const timer = setTimeout(() => {
      get(`/api/tickets/customers?${new URLSearchParams({ q: wanted, limit: "10" })}`, { signal: asking.signal }).then(
        ({ items }) => setFound(items),
        (error) => !asking.signal.aborted && setProblem(explain(error)),
      );
    }, ASKED_AFTER_MS);
    return () => (clearTimeout(timer), asking.abort());
  }, [wanted]);
  const submit = async () => {
    if (!who) return setProblem(t("privacy-who-missing"));
    if (await run(() => post(LIST, { customer_id: who, kind: draft.kind, text: draft.text.trim() }, { key }), { words: t("privacy-created") })) onClose();
  };
  return html`<${FormDialog} title=${t("privacy-create")} onClose=${onClose} onSubmit=${submit} busy=${busy} problem=${problem}>
    <p>${t("privacy-create-what")}</p>
    <${Field} label=${t("customers-search")} type="search" dir="auto" autofocus autocomplete="off" ...${bind("q")} />
    <p role="status" class="soft">${found?.length === 0 ? t("customers-none") : ""}</p>
    ${found && found.length > 0
      ? html`<fieldset class="finder"><legend class="field__label">${t("privacy-who")}</legend>
          ${found.map((one) => html`<label key=${one.id} class="finder__row"><input type="radio" name="who" value=${one.id} checked=${who === one.id} onChange=${() => setWho(one.id)} />
            <span class="finder__what"><span dir="auto">${one.name || one.address || t("customer-erased")}</span> <bdi class="soft">${one.address}</bdi></span></label>`)}</fieldset>`
      : null}
    <${Choice} label=${t("privacy-kind")} options=${KINDS.map((one) => ({ value: one, words: t(`privacy-kind-${one}`) }))} ...${bind("kind")} onChange=${bind("kind").onInput} />
    <${Field} label=${t("privacy-text")} hint=${t("privacy-text-hint")}>
      ${(/** @type {object} */ attributes) => html`<textarea class="input" rows="4" maxlength="2000" dir="auto" required=${draft.kind === "correction"} ...${attributes} ...${bind("text")}></textarea>`}
    <//>
  <//>`;
}

/** Whether people see names of staff in their access ledger. */
function Names() {
  const setting = useLoaded((signal) => get(SETTINGS, { signal }), []);
  const { busy, problem, run } = useWork(setting.reload);
  if (!setting.value) return html`<${Waiting} of=${setting} />`;
  const { show_staff_names, version } = setting.value;
  return html`<${Box} title=${t("privacy-names")} hint=${t("privacy-names-hint")}>
    <${Check} label=${t("privacy-names-show")} checked=${show_staff_names} disabled=${busy} onChange=${(/** @type {any} */ event) => run(() => patch(SETTINGS, { show_staff_names: event.currentTarget.checked }, version))} />
    ${problem ? html`<p class="notice notice--problem" role="alert">${problem}</p>` : null}
  <//>`;
}
