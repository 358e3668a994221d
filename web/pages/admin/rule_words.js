/** A rule in words. */

import { has, language, t } from "../../app/locale.js";
import { full } from "../../app/time.js";

/** @typedef {{ people: { id: string, name: string | null }[], teams: { id: string, name: string }[] }} Names */

/** @param {string[]} words @param {"conjunction" | "disjunction"} type */
const joined = (words, type) => new Intl.ListFormat(language(), { type }).format(words);

/** What a value of a field is called. @param {string} field @param {string} value @param {Names} names */
export function valueWords(field, value, names) {
  if (field === "assignee") return value === "" ? t("assignee-none") : (names.people.find(({ id }) => id === value)?.name ?? t("somebody"));
  if (field === "team") return value === "" ? t("rule-no-team") : (names.teams.find(({ id }) => id === value)?.name ?? t("rule-unknown-team"));
  if (field === "rating" && value === "") return t("rule-rating-none");
  const key = { state: "state", priority: "priority", kind: "kind", rating: "rule-rating", breached: "promise", attachment: "rule-attachment" }[field];
  return key && has(`${key}-${value}`) ? t(`${key}-${value}`) : value;
}

/** @param {any} rule @param {Names} names @returns {{ when: string, conditions: string[], actions: string[] }} */
export function told(rule, names) {
  return {
    when: joined(rule.when.map((/** @type {string} */ when) => t(`rule-when-${when}`)), "disjunction"),
    conditions: rule.conditions.map((/** @type {import("../../app/rules.js").Condition} */ one) => {
      const values = joined(one.values.map((value) => `“\u2068${valueWords(one.field, value, names)}\u2069”`), "disjunction");
      return `${t(`rule-field-${one.field}`)} ${t(`rule-operator-${one.operator}`)} ${values}`;
    }),
    actions: actionWords(rule.actions, names),
  };
}

/** @param {any} actions @param {Names} names @returns {string[]} */
function actionWords(actions, names) {
  /** @type {string[]} */
  const lines = [];
  const line = (/** @type {string} */ label, /** @type {string} */ value) => lines.push(`${t(label)}: ${value}`);
  if (actions.state) line("side-state", t(`state-${actions.state}`));
  if (actions.priority) line("side-priority", t(`priority-${actions.priority}`));
  if (actions.assignee_id) line("side-assignee", valueWords("assignee", actions.assignee_id, names));
  if (actions.team_id) line("rule-field-team", valueWords("team", actions.team_id, names));
  if (actions.add_tags.length) line("rule-add-tags", joined(actions.add_tags, "conjunction"));
  if (actions.remove_tags.length) line("rule-remove-tags", joined(actions.remove_tags, "conjunction"));
  if (actions.snooze_minutes) line("rule-snooze", duration(actions.snooze_minutes));
  if (actions.note) line("rule-note", actions.note);
  return lines;
}

/** @param {number} minutes */
function duration(minutes) {
  const [value, unit] = minutes % 1440 === 0 ? [minutes / 1440, "day"] : minutes % 60 === 0 ? [minutes / 60, "hour"] : [minutes, "minute"];
  return new Intl.NumberFormat(language(), { style: "unit", unit: /** @type {string} */ (unit), unitDisplay: "long" }).format(/** @type {number} */ (value));
}

/** One difference of a ticket. @param {{ field: string, before: any, after: any }} change @param {Names} names */
export function changeWords({ field, before, after }, names) {
  const name = field.replace("_id", "");
  const label = has(`told-${field}`) ? t(`told-${field}`) : field;
  const value = (/** @type {any} */ one) => {
    if (one === null || one === "") return t("told-nothing");
    return field.endsWith("_until") || field.endsWith("_at") ? full(String(one)) : valueWords(name, String(one), names);
  };
  return t("told-change", { label, before: value(before), after: value(after) });
}
