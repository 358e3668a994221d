/** The fields that an organisation adds to its tickets. Each is saved when it is left. */

import { useEffect, useState } from "preact/hooks";
import { t } from "../app/locale.js";
import { Check, Choice, Field } from "./field.js";
import { html } from "./html.js";

/** @param {{ fields: any[], values: Record<string, any>, fixed: boolean, onChange: (change: any) => void }} props */
export function CustomFields({ fields, values, fixed, onChange }) {
  const shown = fields.filter((field) => field.active || values[field.id] !== undefined);
  return shown.map((field) => html`<${One} key=${field.id} field=${field} value=${values[field.id] ?? null} fixed=${fixed || !field.active} onChange=${(/** @type {any} */ value) => onChange({ fields: { [field.id]: value } })} />`);
}

/** @param {{ field: any, value: any, fixed: boolean, onChange: (value: any) => void }} props value: null where nothing is filled in */
function One({ field, value, fixed, onChange }) {
  const [typed, setTyped] = useState(value ?? "");
  useEffect(() => setTyped(value ?? ""), [value]);
  const label = field.name;
  if (field.kind === "checkbox") return html`<${Check} label=${label} disabled=${fixed} checked=${value === true} onChange=${(/** @type {any} */ event) => onChange(event.target.checked)} />`;
  if (field.kind === "choice")
    return html`<${Choice} label=${label} disabled=${fixed} value=${value ?? ""} options=${[{ value: "", words: t("field-none") }, ...field.choices.map((/** @type {string} */ one) => ({ value: one, words: one }))]}
      onChange=${(/** @type {any} */ event) => onChange(event.target.value || null)} />`;
  const left = () => {
    const text = String(typed).trim();
    const next = text === "" ? null : field.kind === "number" ? Number(text) : text;
    if (next !== value) onChange(next);
  };
  return html`<${Field} label=${label} type=${field.kind} step=${field.kind === "number" ? "any" : undefined} dir="auto" maxlength=${field.kind === "text" ? 1000 : undefined} disabled=${fixed} value=${typed}
    onInput=${(/** @type {any} */ event) => setTyped(event.target.value)} onBlur=${left} onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === "Enter" && left()} />`;
}
