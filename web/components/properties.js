/** What people set on a ticket, beside its conversation. */

import { useState } from "preact/hooks";
import { patch } from "../app/api.js";
import { explain, t } from "../app/locale.js";
import { may } from "../app/session.js";
import { full, relative } from "../app/time.js";
import { Button } from "./button.js";
import { Choice, Field } from "./field.js";
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { STATES } from "./state.js";
import { say } from "./toasts.js";

const PRIORITIES = ["low", "normal", "high", "urgent"];
const HOUR_MS = 3_600_000;

/** @param {{ ticket: any, people: any[], onChange: (ticket?: any) => void }} props */
export function Properties({ ticket, people, onChange }) {
  const fixed = !may("ticket:write") || Boolean(ticket.merged_into);
  /** @param {Record<string, any>} change */
  const change = async (change) => {
    try {
      onChange(await patch(`/api/tickets/${ticket.id}`, change, ticket.version));
    } catch (error) {
      say(explain(error), { kind: "problem" });
      onChange();
    }
  };
  const assignees = [
    { value: "", words: t("assignee-none") },
    ...people.filter((one) => one.assignable && one.state === "active" && one.mailbox_ids.includes(ticket.mailbox_id)).map((one) => ({ value: one.id, words: one.name })),
  ];
  return html`<aside class="side" aria-label=${t("side-label")}>
    <${Choice} label=${t("side-state")} value=${ticket.state} disabled=${fixed} options=${STATES.map((value) => ({ value, words: t(`state-${value}`) }))}
      onChange=${(/** @type {any} */ event) => change({ state: event.target.value })} />
    <${Choice} label=${t("side-assignee")} value=${ticket.assignee_id ?? ""} disabled=${fixed} options=${assignees}
      onChange=${(/** @type {any} */ event) => change({ assignee_id: event.target.value || null })} />
    <${Choice} label=${t("side-priority")} value=${ticket.priority} disabled=${fixed} options=${PRIORITIES.map((value) => ({ value, words: t(`priority-${value}`) }))}
      onChange=${(/** @type {any} */ event) => change({ priority: event.target.value })} />
    <${Tags} tags=${ticket.tags} fixed=${fixed} onChange=${change} />
    ${fixed ? null : html`<${Snooze} until=${ticket.snoozed_until} onChange=${change} />`}
    <${Promises} ticket=${ticket} />
    ${ticket.customer
      ? html`<section class="stack-small"><h2 class="side__heading">${t("side-customer")}</h2>
          <p dir="auto">${ticket.customer.name || t("customer-unknown")}</p><p class="soft"><bdi>${ticket.customer.address}</bdi></p></section>`
      : null}
    ${ticket.follow_up_of || ticket.merged_into || ticket.links.length > 0
      ? html`<section class="stack-small"><h2 class="side__heading">${t("side-links")}</h2>
          ${[ticket.follow_up_of, ticket.merged_into, ...ticket.links].filter(Boolean).map((id) => html`<a key=${id} href=${`#/tickets/${id}`}>${t("side-linked")}</a>`)}</section>`
      : null}
  </aside>`;
}

/** @param {{ tags: string[], fixed: boolean, onChange: (change: any) => void }} props */
function Tags({ tags, fixed, onChange }) {
  const [typed, setTyped] = useState("");
  /** @param {SubmitEvent} event */
  const add = (event) => {
    event.preventDefault();
    if (typed.trim()) onChange({ add_tags: [typed.trim()] });
    setTyped("");
  };
  return html`<section class="stack-small">
    <h2 class="side__heading">${t("side-tags")}</h2>
    <div class="row">
      ${tags.map(
        (tag) => html`<span class="chip" key=${tag}><span dir="auto">${tag}</span>
          ${fixed ? null : html`<button type="button" class="chip__remove" aria-label=${t("tag-remove", { tag })} onClick=${() => onChange({ remove_tags: [tag] })}><${Icon} name="close" /></button>`}</span>`,
      )}
    </div>
    ${fixed ? null : html`<form onSubmit=${add}><${Field} label=${t("tag-add")} dir="auto" maxlength="40" value=${typed} onInput=${(/** @type {any} */ event) => setTyped(event.target.value)} /></form>`}
  </section>`;
}

/** @param {{ until: string | null, onChange: (change: any) => void }} props */
function Snooze({ until, onChange }) {
  const choices = /** @type {const} */ ([
    ["snooze-hours", 3 * HOUR_MS],
    ["snooze-tomorrow", 24 * HOUR_MS],
    ["snooze-week", 7 * 24 * HOUR_MS],
  ]);
  return html`<section class="stack-small">
    <h2 class="side__heading">${t("side-snooze")}</h2>
    ${until
      ? html`<p class="row"><${Icon} name="snooze" /> ${full(until)}</p><${Button} onClick=${() => onChange({ snoozed_until: null })}>${t("snooze-wake")}<//>`
      : html`<div class="row">${choices.map(([key, later]) => html`<${Button} key=${key} onClick=${() => onChange({ snoozed_until: new Date(Date.now() + later).toISOString() })}>${t(key)}<//>`)}</div>`}
  </section>`;
}

/** @param {{ ticket: any }} props */
function Promises({ ticket }) {
  const rows = ["first_reply", "next_reply", "solve"].map((name) => ({ name, due: ticket[`${name}_due_at`], late: ticket.breached.includes(name) })).filter(({ due, late }) => due || late);
  if (rows.length === 0) return null;
  return html`<section class="stack-small">
    <h2 class="side__heading">${t("side-promises")}</h2>
    ${rows.map(({ name, due, late }) => html`<p key=${name} class="row"><span class=${`chip ${late ? "chip--danger" : "chip--warning"}`}><${Icon} name=${late ? "alert" : "clock"} /> ${t(`promise-${name}`)}</span> ${due ? relative(due) : ""}</p>`)}
  </section>`;
}
