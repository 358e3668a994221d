/** The words in which rules are told: those of the desk's own rules. */

/** @typedef {{ field: string, operator: string, values: string[] }} Condition */
/** @typedef {{ state?: string | null, priority?: string | null, assignee_id?: string | null, team_id?: string | null, add_tags?: string[], remove_tags?: string[], snooze_minutes?: number | null, note?: string | null }} Actions */

export const WHENS = ["ticket_created", "message_received", "ticket_changed", "reply_sent", "sla_breached", "rated"];
export const FIELDS = ["subject", "sender", "sender_domain", "recipient", "attachment", "kind", "state", "priority", "tag", "assignee", "team", "rating", "breached"];
export const STATES = ["open", "pending", "on_hold", "solved", "closed", "spam"];
export const PRIORITIES = ["low", "normal", "high", "urgent"];
const TEXTS = new Set(["subject", "sender", "sender_domain", "recipient"]);

/** What a field can be, where that is known beforehand; "" stands for nobody or nothing. @type {Record<string, string[]>} */
const VALUES = {
  attachment: ["yes", "no"],
  kind: ["human", "list", "automatic", "out_of_office", "bounce", "report"],
  state: ["new", ...STATES],
  priority: PRIORITIES,
  rating: ["good", "bad", ""],
  breached: ["first_reply", "next_reply", "solve"],
};

/** @param {string} field */
export const operatorsOf = (field) => (TEXTS.has(field) ? ["contains", "contains_not", "is", "is_not"] : ["is", "is_not"]);

/**
 * The values among which one chooses; null where they are written.
 * @param {string} field @param {{ people: string[], teams: string[] }} known ids
 */
export function valuesOf(field, known) {
  if (field === "assignee") return ["", ...known.people];
  if (field === "team") return ["", ...known.teams];
  return VALUES[field] ?? null;
}

/** A condition on another field begins anew: what was compared with the old one makes no sense. @param {string} field @returns {Condition} */
export const conditionOn = (field) => ({ field, operator: operatorsOf(field)[0] ?? "is", values: [] });

/** The actions that say something. @param {Actions} actions @returns {Actions} */
export function meant(actions) {
  const said = Object.entries(actions).filter(([, value]) => value !== null && value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0));
  return Object.fromEntries(said);
}

/** Why a rule cannot be saved yet, as the end of a key of words; null where it can. @param {{ when: string[], conditions: Condition[], actions: Actions }} rule */
export function missingOf(rule) {
  if (rule.when.length === 0) return "when";
  if (rule.conditions.some(({ values }) => values.length === 0)) return "values";
  if (Object.keys(meant(rule.actions)).length === 0) return "actions";
  return null;
}
