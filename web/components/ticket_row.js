/** A ticket in a list: who wants what, how it stands, who works on it, who looks at it. */

import { initials } from "../app/directory.js";
import { t } from "../app/locale.js";
import { full, relative, short } from "../app/time.js";
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { State } from "./state.js";

const SOON_MS = 3_600_000;

/**
 * @typedef {object} RowProps
 * @property {any} row
 * @property {string} to the ticket's address
 * @property {Map<string, string>} names of colleagues
 * @property {string | null} [mailbox] where there is more than one
 * @property {any[]} [others] who is at it
 * @property {string[]} [why] it was found
 * @property {boolean} [chosen]
 * @property {boolean} [marked]
 * @property {(range: boolean) => void} [onMark]
 * @property {() => void} [onFocus]
 */

/** @param {RowProps} props */
export function TicketRow({ row, to, names, mailbox, others = [], why = [], chosen, marked, onMark, onFocus }) {
  const who = row.customer?.name || row.customer?.address || t("customer-unknown");
  const kinds = [chosen && "chosen", row.awaiting_reply && "waiting", marked && "marked"].filter(Boolean);
  return html`<div role="listitem" class=${["ticket-row", ...kinds.map((kind) => `ticket-row--${kind}`)].join(" ")}>
    ${onMark
      ? html`<input class="ticket-row__mark" type="checkbox" aria-label=${t("queue-mark", { code: row.code })} checked=${marked}
          onClick=${(/** @type {MouseEvent} */ event) => onMark(event.shiftKey)} />`
      : html`<span></span>`}
    <${State} state=${row.state} bare=${true} />
    <span class="ticket-row__customer"><span class="cut" dir="auto">${who}</span><bdi class="ticket-row__code">${row.code}</bdi></span>
    <span class="ticket-row__words">
      <a class="ticket-row__subject" id=${`row-${row.id}`} href=${to} onFocus=${onFocus}>
        ${row.awaiting_reply ? html`<span class="visually-hidden">${t("row-waiting")} </span>` : null}<span class="cut" dir="auto">${row.subject || t(row.destroyed_at ? "subject-destroyed" : "subject-none")}</span>
      </a>
      <${Chips} row=${row} mailbox=${mailbox} why=${why} />
    </span>
    <span class="ticket-row__people">
      ${others.length > 0 ? html`<span class="chip" title=${there(others, names)}><${Icon} name=${others.some(({ typing }) => typing) ? "note" : "eye"} label=${there(others, names)} /></span>` : null}
      <${Assignee} id=${row.assignee_id} names=${names} />
    </span>
    <time class="ticket-row__time" datetime=${row.last_message_at} title=${full(row.last_message_at)}>${short(row.last_message_at)}</time>
  </div>`;
}

/** @param {{ row: any, mailbox?: string | null, why: string[] }} props */
function Chips({ row, mailbox, why }) {
  const due = [row.first_reply_due_at, row.next_reply_due_at, row.solve_due_at].filter(Boolean).sort()[0];
  const soon = due && Date.parse(due) - Date.now() < SOON_MS;
  const chips = [
    ...why.map((way) => html`<span key=${way} class="chip chip--success">${t(`found-${way}`)}</span>`),
    row.breached.length > 0
      ? html`<span key="late" class="chip chip--danger"><${Icon} name="alert" /> ${t("row-breached")}</span>`
      : due
        ? html`<span key="due" class=${soon ? "chip chip--warning" : "chip"} title=${full(due)}><${Icon} name="clock" /> ${relative(due)}</span>`
        : null,
    row.priority === "high" || row.priority === "urgent" ? html`<span key="priority" class="chip chip--danger">${t(`priority-${row.priority}`)}</span>` : null,
    row.snoozed_until ? html`<span key="snoozed" class="chip" title=${full(row.snoozed_until)}><${Icon} name="snooze" label=${t("view-snoozed")} /> ${short(row.snoozed_until)}</span>` : null,
    ...row.tags.map((/** @type {string} */ tag) => html`<span key=${`#${tag}`} class="chip"><span class="cut" dir="auto">${tag}</span></span>`),
    mailbox ? html`<span key="mailbox" class="chip chip--plain"><${Icon} name="inbox" /> <bdi class="cut">${mailbox}</bdi></span>` : null,
  ].filter(Boolean);
  return chips.length > 0 ? html`<span class="ticket-row__chips">${chips}</span>` : null;
}

/** @param {{ id: string | null, names: Map<string, string> }} props */
function Assignee({ id, names }) {
  if (!id) return html`<span class="avatar avatar--nobody" title=${t("assignee-none")}><span class="visually-hidden">${t("assignee-none")}</span></span>`;
  const name = names.get(id) ?? t("somebody");
  return html`<span class="avatar" title=${name} aria-hidden="true">${initials(name)}</span><span class="ticket-row__assignee cut" dir="auto">${name}</span>`;
}

/** @param {any[]} others @param {Map<string, string>} names */
function there(others, names) {
  return others.map(({ user_id, typing }) => t(typing ? "row-typing" : "row-looking", { name: names.get(user_id) ?? t("somebody") })).join(" · ");
}
