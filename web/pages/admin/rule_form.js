/** One rule: when, if, then. */

import { useState } from "preact/hooks";
import { newKey, patch, post } from "../../app/api.js";
import { changed, listed } from "../../app/draft.js";
import { t } from "../../app/locale.js";
import { conditionOn, FIELDS, meant, missingOf, operatorsOf, PRIORITIES, STATES, valuesOf, WHENS } from "../../app/rules.js";
import { Button } from "../../components/button.js";
import { Check, Choice, Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { FormDialog, Marks, useDraft, useWork } from "./parts.js";
import { valueWords } from "./rule_words.js";

const NOTHING = { state: null, priority: null, assignee_id: null, team_id: null, add_tags: [], remove_tags: [], snooze_minutes: null, note: null };

/** @param {{ path: string, rule?: any, version: number, names: any, onClose: () => void, reload: () => Promise<void> }} props */
export function RuleForm({ path, rule, version, names, onClose, reload }) {
  const before = {
    name: rule?.name ?? "",
    when: rule?.when ?? ["ticket_created"],
    match: rule?.match ?? "all",
    conditions: rule?.conditions ?? [],
    actions: { ...NOTHING, ...rule?.actions },
    stop: rule?.stop ?? false,
    enabled: rule?.enabled ?? true,
  };
  const { draft, put, bind, tick } = useDraft(before);
  const [key] = useState(newKey);
  const { busy, problem, run, setProblem } = useWork(reload);
  const submit = async () => {
    const missing = missingOf(draft);
    if (missing) return setProblem(t(`rule-missing-${missing}`));
    const work = () =>
      rule ? patch(`${path}/${rule.id}`, changed(before, { ...draft, actions: { ...NOTHING, ...meant(draft.actions) } }), version) : post(path, { ...draft, actions: meant(draft.actions) }, { key });
    if (await run(work)) onClose();
  };
  const condition = (/** @type {number} */ at, /** @type {any} */ next) => put("conditions", draft.conditions.map((/** @type {any} */ one, /** @type {number} */ index) => (index === at ? next : one)));
  return html`<${FormDialog} wide title=${rule ? t("rule-change") : t("rule-create")} onClose=${onClose} onSubmit=${submit} busy=${busy} problem=${problem}>
    <${Field} label=${t("rule-name")} required maxlength="100" dir="auto" ...${bind("name")} />
    <${Marks} legend=${t("rule-when")} options=${WHENS.map((when) => ({ value: when, words: t(`rule-when-${when}`) }))} chosen=${draft.when} onChange=${(/** @type {string[]} */ when) => put("when", when)} />
    <fieldset class="marks stack">
      <legend class="field__label">${t("rule-if")}</legend>
      ${draft.conditions.length === 0 ? html`<p class="soft">${t("rule-always")}</p>` : null}
      ${draft.conditions.length > 1 ? html`<${Choice} label=${t("rule-match")} options=${["all", "any"].map((match) => ({ value: match, words: t(`rule-match-${match}`) }))} ...${bind("match")} />` : null}
      ${draft.conditions.map(
        (/** @type {any} */ one, /** @type {number} */ index) => html`<${ConditionRow} key=${`${index} ${one.field}`} place=${index + 1} one=${one} names=${names} onChange=${(/** @type {any} */ next) => condition(index, next)} onRemove=${() => put("conditions", draft.conditions.filter((/** @type {any} */ _, /** @type {number} */ other) => other !== index))} />`,
      )}
      <div class="row"><${Button} icon="add" onClick=${() => put("conditions", [...draft.conditions, conditionOn("subject")])}>${t("rule-condition-add")}<//></div>
    </fieldset>
    <${Then} actions=${draft.actions} names=${names} onChange=${(/** @type {any} */ actions) => put("actions", actions)} />
    <${Check} label=${t("rule-stop")} ...${tick("stop")} />
    <${Check} label=${t("rule-enabled")} ...${tick("enabled")} />
  <//>`;
}

/** @param {{ place: number, one: import("../../app/rules.js").Condition, names: any, onChange: (one: any) => void, onRemove: () => void }} props */
function ConditionRow({ place, one, names, onChange, onRemove }) {
  const ids = { people: names.people.map((/** @type {any} */ person) => person.id), teams: names.teams.map((/** @type {any} */ team) => team.id) };
  const values = valuesOf(one.field, ids);
  const [text, setText] = useState(one.values.join(", "));
  const write = (/** @type {any} */ event) => (setText(event.currentTarget.value), onChange({ ...one, values: listed(event.currentTarget.value) }));
  return html`<div class="box" role="group" aria-label=${t("rule-condition", { place })}>
    <div class="fields">
      <${Choice} label=${t("rule-field")} options=${FIELDS.map((field) => ({ value: field, words: t(`rule-field-${field}`) }))} value=${one.field} onInput=${(/** @type {any} */ event) => onChange(conditionOn(event.currentTarget.value))} />
      <${Choice} label=${t("rule-operator")} options=${operatorsOf(one.field).map((operator) => ({ value: operator, words: t(`rule-operator-${operator}`) }))} value=${one.operator} onInput=${(/** @type {any} */ event) => onChange({ ...one, operator: event.currentTarget.value })} />
    </div>
    ${values
      ? html`<${Marks} legend=${t("rule-values")} options=${values.map((value) => ({ value, words: valueWords(one.field, value, names) }))} chosen=${one.values} onChange=${(/** @type {string[]} */ chosen) => onChange({ ...one, values: chosen })} />`
      : html`<${Field} label=${t("rule-values")} hint=${t("rule-values-hint")} dir="auto" value=${text} onInput=${write} />`}
    <div class="row"><${Button} kind="quiet" icon="close" onClick=${onRemove}>${t("rule-condition-remove")}<//></div>
  </div>`;
}

/** @param {{ actions: any, names: any, onChange: (actions: any) => void }} props */
function Then({ actions, names, onChange }) {
  const [tags, setTags] = useState({ add_tags: actions.add_tags.join(", "), remove_tags: actions.remove_tags.join(", ") });
  const set = (/** @type {string} */ name, /** @type {any} */ value) => onChange({ ...actions, [name]: value });
  const pick = (/** @type {string} */ name) => ({ value: actions[name] ?? "", onInput: (/** @type {any} */ event) => set(name, event.currentTarget.value || null) });
  const write = (/** @type {"add_tags" | "remove_tags"} */ name) => ({
    value: tags[name],
    onInput: (/** @type {any} */ event) => (setTags({ ...tags, [name]: event.currentTarget.value }), set(name, listed(event.currentTarget.value))),
  });
  const stays = { value: "", words: t("rule-stays") };
  const people = names.people.filter((/** @type {any} */ person) => person.assignable || person.id === actions.assignee_id);
  const hours = actions.snooze_minutes ? actions.snooze_minutes / 60 : "";
  return html`<fieldset class="marks stack">
    <legend class="field__label">${t("rule-then")}</legend>
    <div class="fields">
      <${Choice} label=${t("side-state")} options=${[stays, ...STATES.map((state) => ({ value: state, words: t(`state-${state}`) }))]} ...${pick("state")} />
      <${Choice} label=${t("side-priority")} options=${[stays, ...PRIORITIES.map((priority) => ({ value: priority, words: t(`priority-${priority}`) }))]} ...${pick("priority")} />
      <${Choice} label=${t("side-assignee")} options=${[stays, ...people.map((/** @type {any} */ person) => ({ value: person.id, words: person.name ?? t("somebody") }))]} ...${pick("assignee_id")} />
      <${Choice} label=${t("rule-field-team")} options=${[stays, ...names.teams.map((/** @type {any} */ team) => ({ value: team.id, words: team.name }))]} ...${pick("team_id")} />
      <${Field} label=${t("rule-add-tags")} hint=${t("rule-values-hint")} dir="auto" ...${write("add_tags")} />
      <${Field} label=${t("rule-remove-tags")} dir="auto" ...${write("remove_tags")} />
      <${Field} label=${t("rule-snooze-hours")} type="number" min="0.25" max="8784" step="0.25" value=${hours} onInput=${(/** @type {any} */ event) => set("snooze_minutes", Math.round(event.currentTarget.valueAsNumber * 60) || null)} />
    </div>
    <${Field} label=${t("rule-note")}>
      ${(/** @type {object} */ attributes) => html`<textarea class="input" rows="3" maxlength="2000" dir="auto" ...${attributes} value=${actions.note ?? ""} onInput=${(/** @type {any} */ event) => set("note", event.currentTarget.value || null)}></textarea>`}
    <//>
  </fieldset>`;
}
