/** The fields that the organisation adds to its tickets. */

import { useState } from "preact/hooks";
import { get, newKey, patch, post } from "../../app/api.js";
import { changed, listed } from "../../app/draft.js";
import { t } from "../../app/locale.js";
import { useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { Check, Choice, Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { Box, Empty, FormDialog, useDraft, useWork, Waiting } from "./parts.js";

const LIST = "/api/admin/custom_fields";
const KINDS = ["text", "number", "date", "choice", "checkbox"];

export function Fields() {
  const list = useLoaded((signal) => get(LIST, { signal }), []);
  const [editing, setEditing] = useState(/** @type {string | null} */ (null));
  if (!list.value) return html`<${Waiting} of=${list} />`;
  const items = /** @type {any[]} */ (list.value.items);
  return html`<p class="soft">${t("fields-hint")}</p>
    <div class="row"><${Button} kind="primary" icon="add" onClick=${() => setEditing("new")}>${t("field-create")}<//></div>
    ${items.length === 0 ? html`<${Empty} icon="tag" words=${t("fields-empty")} />` : null}
    ${items.map(
      (field) => html`<${Box} key=${field.id} title=${field.name} action=${html`<${Button} onClick=${() => setEditing(field.id)}>${t("action-change")}<//>`}>
        <p>${t(`field-kind-${field.kind}`)}${field.active ? "" : html` <span class="chip">${t("field-resting")}</span>`}</p>
        ${field.choices.length ? html`<div class="row">${field.choices.map((/** @type {string} */ choice) => html`<span class="chip" key=${choice} dir="auto">${choice}</span>`)}</div>` : null}
      <//>`,
    )}
    ${editing ? html`<${Edit} key=${editing} field=${items.find(({ id }) => id === editing)} onClose=${() => setEditing(null)} reload=${list.reload} />` : null}`;
}

/** @param {{ field?: any, onClose: () => void, reload: () => Promise<void> }} props */
function Edit({ field, onClose, reload }) {
  const { draft, bind, tick } = useDraft({ name: field?.name ?? "", kind: field?.kind ?? "text", choices: (field?.choices ?? []).join("\n"), active: field?.active ?? true });
  const [key] = useState(newKey);
  const { busy, problem, run } = useWork(reload);
  const choices = draft.kind === "choice" ? listed(draft.choices) : [];
  const save = () =>
    field
      ? patch(`${LIST}/${field.id}`, changed(field, { name: draft.name, active: draft.active, choices }), field.version)
      : post(LIST, { name: draft.name, kind: draft.kind, choices }, { key });
  const submit = async () => (await run(save)) && onClose();
  return html`<${FormDialog} title=${field ? t("field-change") : t("field-create")} onClose=${onClose} onSubmit=${submit} busy=${busy} problem=${problem}>
    <${Field} label=${t("field-name")} required dir="auto" ...${bind("name")} />
    ${field ? null : html`<${Choice} label=${t("field-kind")} options=${KINDS.map((kind) => ({ value: kind, words: t(`field-kind-${kind}`) }))} ...${bind("kind")} />`}
    ${draft.kind === "choice"
      ? html`<${Field} label=${t("field-choices")} hint=${t("field-choices-hint")}>
          ${(/** @type {object} */ attributes) => html`<textarea class="input" rows="5" dir="auto" required ...${attributes} ...${bind("choices")}></textarea>`}
        <//>`
      : null}
    ${field ? html`<${Check} label=${t("field-active")} ...${tick("active")} />` : html`<p class="soft">${t("field-kind-hint")}</p>`}
  <//>`;
}
