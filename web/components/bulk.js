/** What can be done to marked tickets at once, and what became of those to which it could not be done. */

import { useState } from "preact/hooks";
import { useDirectory } from "../app/directory.js";
import { explain, has, t } from "../app/locale.js";
import { current } from "../app/session.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";
import { Choice, Field } from "./field.js";
import { html } from "./html.js";
import { MomentDialog } from "./moment_dialog.js";
import { STATES } from "./state.js";

const PRIORITIES = ["low", "normal", "high", "urgent"];
const HOUR_MS = 3_600_000;
const SNOOZES = /** @type {const} */ ([
  ["snooze-hours", 3],
  ["snooze-tomorrow", 24],
  ["snooze-week", 7 * 24],
]);
const MOST_DAYS_SNOOZED = 365;
const KEPT = "keep";
const NOBODY = "none";

/**
 * @param {{ rows: any[], marked: number, asking: string, failures: import("../components/changing.js").Failure[], people: Map<string, string>,
 *   onChange: (change: Record<string, any>, rows?: any[]) => void, onAsk: (what: "all") => void, onMarkAll: () => void, onUnmark: () => void, onClose: () => void }} props
 */
export function Bulk({ rows, marked, asking, failures, people, onChange, onAsk, onMarkAll, onUnmark, onClose }) {
  return html`${marked > 0
      ? html`<div class="bulk" role="toolbar" aria-label=${t("bulk-label")}>
          <span role="status">${t("bulk-count", { count: marked })}</span>
          ${["solved", "pending", "open", "spam"].map((state) => html`<span key=${state} class=${state === "solved" || state === "pending" ? "" : "bulk__rare"}><${Button} onClick=${() => onChange({ state })}>${t(`bulk-${state}`)}<//></span>`)}
          <${Button} onClick=${() => onChange({ assignee_id: current().user?.id })}>${t("keys-assign-me")}<//>
          <${Button} onClick=${() => onAsk("all")}>${t("bulk-more")}<//>
          <${Button} kind="quiet" onClick=${onMarkAll}>${t("bulk-all")}<//>
          <${Button} kind="quiet" icon="close" label=${t("keys-unmark")} onClick=${onUnmark} />
        </div>`
      : null}
    ${asking && asking !== "opening" ? html`<${Change} what=${asking} rows=${rows} onChange=${onChange} onClose=${onClose} />` : null}
    ${failures.length > 0 && !asking ? html`<${Failures} failures=${failures} people=${people} onClose=${onClose} />` : null}`;
}

/** @param {{ what: string, rows: any[], onChange: (change: Record<string, any>) => void, onClose: () => void }} props */
function Change({ what, rows, onChange, onClose }) {
  const people = useDirectory("people").filter((one) => one.assignable && one.state === "active" && rows.every((row) => one.mailbox_ids.includes(row.mailbox_id)));
  const teams = useDirectory("teams").filter(({ active }) => active);
  const [set, setSet] = useState(/** @type {Record<string, string>} */ ({ state: KEPT, priority: KEPT, assignee_id: KEPT, team_id: KEPT, snoozed_until: KEPT }));
  const [tags, setTags] = useState({ add_tags: "", remove_tags: "" });
  const known = [...new Set(rows.flatMap((row) => row.tags))].sort();
  const all = what === "all";
  const choice = (/** @type {string} */ name, /** @type {string} */ label, /** @type {{ value: string, words: string }[]} */ options) =>
    html`<${Choice} label=${label} autofocus=${name === "state"} value=${set[name]} options=${[{ value: KEPT, words: t("bulk-keep") }, ...options]} onChange=${(/** @type {any} */ event) => setSet({ ...set, [name]: event.target.value })} />`;
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    event.preventDefault();
    const change = Object.fromEntries(Object.entries(set).filter((pair) => pair[1] !== KEPT).map(([name, value]) => [name, value === NOBODY ? null : value]));
    for (const [name, text] of Object.entries(tags)) {
      const some = text.split(/[,،]/u).map((tag) => tag.trim()).filter(Boolean);
      if (some.length > 0) Object.assign(change, { [name]: some });
    }
    if (Object.keys(change).length > 0) onChange(change);
    else onClose();
  };
  const tag = (/** @type {"add_tags" | "remove_tags"} */ name, /** @type {string} */ label) =>
    html`<${Field} label=${label} hint=${t("bulk-tags-hint")} dir="auto" maxlength="200" list="bulk-tags" autofocus=${what === "tags" && name === "add_tags"} value=${tags[name]} onInput=${(/** @type {any} */ event) => setTags({ ...tags, [name]: event.target.value })} />`;
  const snooze = html`<div class="row" role="group" aria-label=${t("side-snooze")}>
    ${SNOOZES.map(([key, hours]) => html`<${Button} key=${key} icon="snooze" onClick=${() => onChange({ snoozed_until: new Date(Date.now() + hours * HOUR_MS).toISOString() })}>${t(key)}<//>`)}
    <${Button} onClick=${() => onChange({ snoozed_until: null })}>${t("snooze-wake")}<//>
  </div>`;
  if (what === "snooze")
    return html`<${MomentDialog} title=${t("snooze-title")} words=${t("snooze-do")} mostDays=${MOST_DAYS_SNOOZED} onClose=${onClose} onChoose=${(/** @type {Date} */ at) => onChange({ snoozed_until: at.toISOString() })}>
      ${rows.some(({ snoozed_until }) => snoozed_until) ? html`<${Button} icon="snooze" onClick=${() => onChange({ snoozed_until: null })}>${t("snooze-wake")}<//>` : null}
    <//>`;
  return html`<${Dialog} title=${t("bulk-title", { count: rows.length })} onClose=${onClose}
    actions=${html`<${Button} onClick=${onClose}>${t("action-cancel")}<//><button class="button button--primary" type="submit" form="bulk-change">${t("bulk-apply")}</button>`}>
    <form id="bulk-change" class="stack" onSubmit=${submit}>
      ${all
        ? html`${choice("state", t("side-state"), STATES.map((value) => ({ value, words: t(`state-${value}`) })))}
          ${choice("assignee_id", t("side-assignee"), [{ value: NOBODY, words: t("assignee-none") }, ...people.map(({ id, name }) => ({ value: id, words: name }))])}
          ${teams.length > 0 ? choice("team_id", t("filter-team"), [{ value: NOBODY, words: t("team-none") }, ...teams.map(({ id, name }) => ({ value: id, words: name }))]) : null}
          ${choice("priority", t("side-priority"), PRIORITIES.map((value) => ({ value, words: t(`priority-${value}`) })))}`
        : null}
      ${tag("add_tags", t("bulk-tags-add"))} ${known.length > 0 ? tag("remove_tags", t("bulk-tags-remove")) : null}
      <datalist id="bulk-tags">${known.map((one) => html`<option key=${one} value=${one}></option>`)}</datalist>
    </form>
    ${all ? html`<section class="stack-small"><h3>${t("side-snooze")}</h3>${snooze}</section>` : null}
  <//>`;
}

/** @param {{ failures: import("../components/changing.js").Failure[], people: Map<string, string>, onClose: () => void }} props */
function Failures({ failures, people, onClose }) {
  const why = (/** @type {import("../app/changes.js").Outcome} */ { outcome, code, changed_by }) => {
    if (outcome === "stale") return changed_by ? t("outcome-stale-by", { name: people.get(changed_by) ?? t("somebody") }) : t("outcome-stale");
    if (outcome === "refused" && code && has(`error-${code.replaceAll(".", "-")}`)) return explain({ code });
    return t(`outcome-${outcome}`);
  };
  return html`<${Dialog} title=${t("outcome-title", { count: failures.length })} onClose=${onClose} actions=${html`<${Button} kind="primary" onClick=${onClose}>${t("action-close")}<//>`}>
    <p class="soft">${t("outcome-kept")}</p>
    <ul class="stack-small">${failures.map(({ row, outcome }) => html`<li key=${row.id}><a href=${`#/tickets/${row.id}`}><bdi>${row.code}</bdi> <span dir="auto">${row.subject || t("subject-none")}</span></a><br /><span class="soft">${why(outcome)}</span></li>`)}</ul>
  <//>`;
}
