/** One thing of a ticket's conversation: a mail, a note, a reply on its way, or what somebody changed. */

import { has, t } from "../app/locale.js";
import { may } from "../app/session.js";
import { full, list, relative } from "../app/time.js";
import { html } from "./html.js";
import { Message } from "./message.js";
import { Note } from "./note.js";
import { ReplyOnItsWay } from "./reply.js";

/**
 * @param {object} props
 * @param {import("../app/conversation.js").Entry} props.entry @param {boolean} props.open @param {boolean} props.fresh
 * @param {any} props.ticket @param {any[]} props.messages @param {string[]} props.known
 * @param {any[]} props.people @param {Map<string, string>} props.names of people, teams and fields, by their ids
 * @param {(fresh?: string[]) => void} props.onChange @param {(draft: any) => void} props.onBack @param {(message: any) => void} props.onCorrect
 */
export function Entry({ entry, open, fresh, ticket, messages, known, people, names, onChange, onBack, onCorrect }) {
  const { kind, it } = entry;
  if (kind === "message")
    return html`<${Message} message=${it} open=${open} fresh=${fresh} known=${known} onCorrect=${may("ticket:write") && !ticket.merged_into ? () => onCorrect(it) : undefined} />`;
  if (kind === "reply") return html`<${ReplyOnItsWay} reply=${it} ticket=${ticket} messages=${messages} names=${names} onChange=${onChange} onBack=${onBack} />`;
  if (kind === "note") return html`<${Note} note=${it} ticket=${ticket} people=${people} onChange=${onChange} />`;
  const told = it.changes.map((/** @type {any} */ change) => changeWords(change, names)).filter(Boolean);
  const deed = `deed-${it.action.replaceAll(".", "-")}`;
  if (told.length === 0 && has(deed)) told.push(t(deed));
  if (told.length === 0) return null;
  return html`<p class="change soft"><span dir="auto">${it.user_id ? (names.get(it.user_id) ?? t("somebody")) : t("change-function")}</span> · ${told.join(" · ")} · <time datetime=${entry.at} title=${full(entry.at)}>${relative(entry.at)}</time></p>`;
}

/** @param {{ field: string, before: any, after: any }} change @param {Map<string, string>} names */
function changeWords({ field, after }, names) {
  if (field === "state") return t("change-state", { to: t(`state-${after}`) });
  if (field === "priority") return t("change-priority", { to: t(`priority-${after}`) });
  if (field === "assignee_id") return after ? t("change-assignee", { to: names.get(after) ?? t("somebody") }) : t("change-unassigned");
  if (field === "team_id") return after ? t("change-team", { to: names.get(after) ?? t("change-a-team") }) : t("change-no-team");
  if (field === "tags") return t("change-tags", { to: after ? list(after.split(",").map((/** @type {string} */ tag) => `\u2068${tag}\u2069`)) : "–" });
  if (field === "snoozed_until") return after ? t("change-snoozed", { to: full(after) }) : t("change-woken");
  if (field === "custom_field") return t("change-field", { name: names.get(after) ?? t("change-a-field") });
  return "";
}
