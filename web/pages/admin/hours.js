/** A week of opening hours, day by day, and the days on which nobody works. */

import { useState } from "preact/hooks";
import { DAYS, nextSpan } from "../../app/hours.js";
import { language, t } from "../../app/locale.js";
import { Button } from "../../components/button.js";
import { Field } from "../../components/field.js";
import { html } from "../../components/html.js";

/** The first of January 2024 was a Monday. @param {number} index */
const dayName = (index) => new Intl.DateTimeFormat(language(), { weekday: "long", timeZone: "UTC" }).format(new Date(Date.UTC(2024, 0, 1 + index)));

/** @param {string} day */
const dateName = (day) => new Intl.DateTimeFormat(language(), { dateStyle: "long", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));

/** @param {{ week: import("../../app/hours.js").Week, onChange: (week: import("../../app/hours.js").Week) => void }} props */
export function Hours({ week, onChange }) {
  return html`<fieldset class="marks">
    <legend class="field__label">${t("hours-week")}</legend>
    <p class="field__hint">${t("hours-night")}</p>
    ${DAYS.map((day, index) => html`<${Day} key=${day} name=${dayName(index)} spans=${week[day] ?? []} onChange=${(/** @type {any} */ spans) => onChange({ ...week, [day]: spans })} />`)}
  </fieldset>`;
}

/** @param {{ name: string, spans: import("../../app/hours.js").Span[], onChange: (spans: import("../../app/hours.js").Span[]) => void }} props */
function Day({ name, spans, onChange }) {
  const change = (/** @type {number} */ at, /** @type {"from" | "to"} */ end, /** @type {string} */ time) => onChange(spans.map((span, index) => (index === at ? { ...span, [end]: time } : span)));
  return html`<div class="spans" role="group" aria-label=${name}>
    <span>${name}</span>
    <div class="row">
      ${spans.length === 0 ? html`<span class="soft">${t("hours-closed")}</span>` : null}
      ${spans.map(
        (span, index) => html`<div class="row" key=${index}>
          <input class="input" type="time" required aria-label=${t("hours-from", { day: name })} value=${span.from} onInput=${(/** @type {any} */ event) => change(index, "from", event.currentTarget.value)} />
          <span aria-hidden="true">–</span>
          <input class="input" type="time" required aria-label=${t("hours-to", { day: name })} value=${span.to} onInput=${(/** @type {any} */ event) => change(index, "to", event.currentTarget.value)} />
          <${Button} kind="quiet" icon="close" label=${t("hours-remove", { day: name })} onClick=${() => onChange(spans.filter((_, other) => other !== index))} />
        </div>`,
      )}
      <${Button} kind="quiet" icon="add" label=${t("hours-add", { day: name })} onClick=${() => onChange([...spans, nextSpan(spans)])}>${t("hours-add-short")}<//>
    </div>
  </div>`;
}

/** @param {{ days: string[], onChange: (days: string[]) => void }} props */
export function Holidays({ days, onChange }) {
  const [day, setDay] = useState("");
  const add = () => (onChange([...new Set([...days, day])].sort()), setDay(""));
  return html`<fieldset class="marks">
    <legend class="field__label">${t("holidays")}</legend>
    <ul class="row">
      ${days.map(
        (one) => html`<li class="chip" key=${one}>${dateName(one)} <button class="chip__remove" type="button" aria-label=${t("holiday-remove", { day: dateName(one) })} onClick=${() => onChange(days.filter((other) => other !== one))}>×</button></li>`,
      )}
    </ul>
    <div class="fields">
      <${Field} label=${t("holiday-day")} type="date" value=${day} onInput=${(/** @type {any} */ event) => setDay(event.currentTarget.value)} />
    </div>
    <div class="row"><${Button} icon="add" disabled=${!day} onClick=${add}>${t("holiday-add")}<//></div>
  </fieldset>`;
}
