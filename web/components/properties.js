/** What people set on a ticket, beside its conversation. */

import { useRef, useState } from "preact/hooks";
import { get, post, remove } from "../app/api.js";
import { explain, t } from "../app/locale.js";
import { link } from "../app/router.js";
import { current, may } from "../app/session.js";
import { changeOrTell } from "./changing_ticket.js";
import { inDays } from "../app/moments.js";
import { full, relative, timeZone } from "../app/time.js";
import { useLoaded, useShortcuts } from "../app/use.js";
import { knownTags } from "../app/worklist.js";
import { Button } from "./button.js";
import { CustomFields } from "./custom_fields.js";
import { Customer } from "./customer.js";
import { Choice, Field } from "./field.js";
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { MomentDialog } from "./moment_dialog.js";
import { Related } from "./related.js";
import { STATES } from "./state.js";
import { say } from "./toasts.js";

const RESTS_MS = 400;
const PRIORITIES = ["low", "normal", "high", "urgent"];
const DONE = ["solved", "closed", "spam"];
const HOUR_MS = 3_600_000;
const MOST_DAYS_SNOOZED = 365;

/** @param {{ ticket: any, values: Record<string, any>, people: any[], related: any, onChange: (ticket?: any) => void }} props values: of custom fields */
export function Properties({ ticket, values, people, related, onChange }) {
  const teams = useLoaded((signal) => get("/api/tickets/teams", { signal }), []);
  const fields = useLoaded((signal) => get("/api/tickets/fields", { signal }), []);
  const fixed = !may("ticket:write") || Boolean(ticket.merged_into || ticket.destroyed_at);
  // One after the other, each from how the one before left the ticket: nobody is in their own way.
  const newest = useRef(ticket);
  if (ticket.version >= newest.current.version) newest.current = ticket;
  const before = useRef(/** @type {Promise<unknown>} */ (Promise.resolve()));
  /** @param {Record<string, any>} change @returns {Promise<boolean>} */
  const change = (change) => {
    const after = (/** @type {any} */ changed) => {
      if (changed) newest.current = changed;
      onChange(changed);
    };
    const done = before.current.then(() => changeOrTell(newest.current, change, new Map(people.map((one) => [one.id, one.name])), after));
    before.current = done;
    return done;
  };
  // Arrow keys go through a list one by one: what is chosen counts when they rest.
  const [chosen, setChosen] = useState(/** @type {Record<string, any>} */ ({}));
  const waiting = useRef(/** @type {Record<string, any>} */ ({}));
  const rest = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  const choose = (/** @type {Record<string, any>} */ part) => {
    setChosen((now) => ({ ...now, ...part }));
    Object.assign(waiting.current, part);
    clearTimeout(rest.current);
    rest.current = setTimeout(() => {
      const all = waiting.current;
      waiting.current = {};
      void change(all).then(() => setChosen((now) => Object.fromEntries(Object.entries(now).filter(([name, value]) => value !== all[name] || name in waiting.current))));
    }, RESTS_MS);
  };
  const shown = { ...ticket, ...chosen };
  const assignees = [
    { value: "", words: t("assignee-none") },
    ...people.filter((one) => one.assignable && one.state === "active" && one.mailbox_ids.includes(ticket.mailbox_id)).map((one) => ({ value: one.id, words: one.name })),
  ];
  const teamChoices = [
    { value: "", words: t("team-none") },
    ...(teams.value?.items ?? []).filter((/** @type {any} */ one) => one.active || one.id === ticket.team_id).map((/** @type {any} */ one) => ({ value: one.id, words: one.name })),
  ];
  return html`<aside class="side" aria-label=${t("side-label")}>
    <${Choice} label=${t("side-state")} value=${shown.state} disabled=${fixed} options=${STATES.map((value) => ({ value, words: t(`state-${value}`) }))}
      onChange=${(/** @type {any} */ event) => choose({ state: event.target.value })} />
    <${Choice} label=${t("side-assignee")} value=${shown.assignee_id ?? ""} disabled=${fixed} options=${assignees}
      onChange=${(/** @type {any} */ event) => choose({ assignee_id: event.target.value || null })} />
    ${teamChoices.length > 1
      ? html`<${Choice} label=${t("side-team")} value=${shown.team_id ?? ""} disabled=${fixed} options=${teamChoices} onChange=${(/** @type {any} */ event) => choose({ team_id: event.target.value || null })} />`
      : null}
    <${Choice} label=${t("side-priority")} value=${shown.priority} disabled=${fixed} options=${PRIORITIES.map((value) => ({ value, words: t(`priority-${value}`) }))}
      onChange=${(/** @type {any} */ event) => choose({ priority: event.target.value })} />
    <${CustomFields} fields=${fields.value?.items ?? []} values=${values} fixed=${fixed} onChange=${change} />
    <${Tags} tags=${ticket.tags} fixed=${fixed} onChange=${change} />
    ${fixed || (DONE.includes(ticket.state) && !ticket.snoozed_until) ? null : html`<${Snooze} until=${ticket.snoozed_until} onChange=${change} />`}
    <${Promises} ticket=${ticket} />
    <${Followers} ticket=${ticket} people=${people} onChange=${onChange} />
    <${Customer} ticket=${ticket} />
    <${Related} ticket=${ticket} related=${related} onChange=${onChange} />
    ${may("privacy:manage") && !ticket.held ? html`<p><a class="row soft" href=${link(["admin", "holds"], { ticket: ticket.code })}><${Icon} name="lock" /> ${t("hold-set")}</a></p>` : null}
  </aside>`;
}

/** @param {{ tags: string[], fixed: boolean, onChange: (change: any) => Promise<boolean> }} props */
function Tags({ tags, fixed, onChange }) {
  const [typed, setTyped] = useState("");
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  useShortcuts(fixed ? [] : [{ keys: "#", words: "keys-tag", run: () => form.current?.querySelector("input")?.focus() }]);
  /** @param {SubmitEvent} event */
  const add = (event) => {
    event.preventDefault();
    if (!typed.trim()) return;
    setTyped("");
    // What was refused can be pressed again, unless the next one is being typed.
    void onChange({ add_tags: [typed.trim()] }).then((added) => !added && setTyped((now) => now || typed));
  };
  return html`<section class="stack-small">
    <h2 class="side__heading">${t("side-tags")}</h2>
    <div class="row">
      ${tags.map(
        (tag) => html`<span class="chip" key=${tag}><span dir="auto">${tag}</span>
          ${fixed ? null : html`<button type="button" class="chip__remove" aria-label=${t("tag-remove", { tag })} onClick=${() => onChange({ remove_tags: [tag] })}><${Icon} name="close" /></button>`}</span>`,
      )}
    </div>
    ${fixed ? null : html`<form ref=${form} class="stack-small" onSubmit=${add}><${Field} label=${t("tag-add")} dir="auto" maxlength="40" list="known-tags" autocomplete="off" value=${typed} onInput=${(/** @type {any} */ event) => setTyped(event.target.value)} />
        ${typed.trim() ? html`<${Button} type="submit" icon="add">${t("tag-add-do")}<//>` : null}
        <datalist id="known-tags">${knownTags().filter((tag) => !tags.includes(tag)).map((tag) => html`<option key=${tag} value=${tag}></option>`)}</datalist></form>`}
  </section>`;
}

/** @param {{ until: string | null, onChange: (change: any) => void }} props */
function Snooze({ until, onChange }) {
  const [choosing, setChoosing] = useState(false);
  useShortcuts([{ keys: "s", words: "keys-snooze", run: () => setChoosing(true) }]);
  const choices = /** @type {const} */ ([
    ["snooze-hours", () => new Date(Date.now() + 3 * HOUR_MS)],
    ["snooze-tomorrow", () => inDays(1, new Date(), timeZone())],
    ["snooze-week", () => inDays(7, new Date(), timeZone())],
  ]);
  return html`<section class="stack-small">
    <h2 class="side__heading">${t("side-snooze")}</h2>
    ${until
      ? html`<p class="row"><${Icon} name="snooze" /> ${full(until)}</p><${Button} onClick=${() => onChange({ snoozed_until: null })}>${t("snooze-wake")}<//>`
      : html`<div class="row">${choices.map(([key, at]) => html`<${Button} key=${key} onClick=${() => onChange({ snoozed_until: at().toISOString() })}>${t(key)}<//>`)}<${Button} icon="clock" onClick=${() => setChoosing(true)}>${t("snooze-choose")}<//></div>`}
    ${choosing
      ? html`<${MomentDialog} title=${t("snooze-title")} words=${t("snooze-do")} mostDays=${MOST_DAYS_SNOOZED} onClose=${() => setChoosing(false)}
          onChoose=${(/** @type {Date} */ at) => (setChoosing(false), onChange({ snoozed_until: at.toISOString() }))} />`
      : null}
  </section>`;
}

/** Who hears of what happens here. @param {{ ticket: any, people: any[], onChange: () => void }} props */
function Followers({ ticket, people, onChange }) {
  const me = current().user?.id;
  const follows = ticket.followers.includes(me);
  const path = `/api/tickets/${ticket.id}/follow`;
  const turn = async () => {
    try {
      await (follows ? remove(path) : post(path));
    } catch (error) {
      say(explain(error), { kind: "problem" });
    }
    onChange();
  };
  const names = ticket.followers.map((/** @type {string} */ id) => (id === me ? t("follower-me") : (people.find((one) => one.id === id)?.name ?? t("somebody"))));
  return html`<section class="stack-small" aria-labelledby="side-followers">
    <h2 class="side__heading" id="side-followers">${t("side-followers")}</h2>
    ${names.length > 0 ? html`<p class="row">${names.map((/** @type {string} */ name) => html`<span class="chip" dir="auto">${name}</span>`)}</p>` : html`<p class="soft">${t("followers-none")}</p>`}
    ${ticket.merged_into || ticket.destroyed_at ? null : html`<div class="row"><${Button} icon="bell" pressed=${follows} onClick=${turn}>${t(follows ? "follow-end" : "follow-begin")}<//></div>`}
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
