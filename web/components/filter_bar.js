/** What is asked for now: each choice changes the address, and can be kept as a view. */

import { useState } from "preact/hooks";
import { useDirectory } from "../app/directory.js";
import { t } from "../app/locale.js";
import { go, link } from "../app/router.js";
import { current } from "../app/session.js";
import { queryOf } from "../app/tickets.js";
import { Button } from "./button.js";
import { Dropdown } from "./dropdown.js";
import { html } from "./html.js";
import { STATES } from "./state.js";
import { EditView } from "./view_editor.js";

/** Only one of these can be asked for at once: choosing one gives the others up. */
const ALONE = ["assignee", "tag", "team_id"];
const YES_NO = ["awaiting_reply", "breached", "snoozed"];

/** @param {{ place: import("../app/router.js").Place, view: any, filters: import("../app/tickets.js").Filters, onViews: () => void }} props */
export function FilterBar({ view, filters, onViews }) {
  const people = useDirectory("people").filter((one) => one.id !== current().user?.id && one.name);
  const teams = useDirectory("teams");
  const boxes = useDirectory("mailboxes");
  const [editing, setEditing] = useState(/** @type {"new" | "old" | null} */ (null));
  const set = (/** @type {string} */ name, /** @type {any} */ value) => {
    const others = ALONE.includes(name) && value ? Object.fromEntries(ALONE.map((one) => [one, null])) : {};
    go(link(["tickets"], { view: view.id, filter: "on", ...Object.fromEntries(queryOf({ ...filters, ...others, [name]: value })) }));
  };
  const choice = (/** @type {string} */ name, /** @type {string} */ label, /** @type {[string, string][]} */ options, /** @type {string} */ any) =>
    html`<select class="input" aria-label=${label} value=${filters[name] ?? ""} onChange=${(/** @type {any} */ event) => set(name, event.target.value || null)}>
      <option value="">${any}</option>
      ${options.map(([value, words]) => html`<option key=${value} value=${value} selected=${value === filters[name]}>${words}</option>`)}
    </select>`;
  const changed = queryOf(filters).toString() !== queryOf(view.filters).toString();
  return html`<div class="filters" role="group" aria-label=${t("filter-label")}>
      ${boxes.length > 1
        ? html`<select class="input" aria-label=${t("filter-mailbox")} value=${filters.mailbox_ids[0] ?? ""} onChange=${(/** @type {any} */ event) => set("mailbox_ids", event.target.value ? [event.target.value] : [])}>
            <option value="">${t("filter-any-mailbox")}</option>
            ${boxes.map((one) => html`<option key=${one.id} value=${one.id} selected=${filters.mailbox_ids.includes(one.id)}>${one.address ?? t("mailbox-gone")}</option>`)}
          </select>`
        : null}
      <${Dropdown} class="filters__states" words=${filters.states.length > 0 ? filters.states.map((/** @type {string} */ state) => t(`state-${state}`)).join(t("filter-comma")) : t("filter-any-state")}>
        <div class="filters__menu">
          ${STATES.map((state) => html`<label class="check" key=${state}><input type="checkbox" checked=${filters.states.includes(state)}
            onChange=${() => set("states", STATES.filter((one) => (one === state) !== filters.states.includes(one)))} /> <span>${t(`state-${state}`)}</span></label>`)}
        </div>
      <//>
      ${choice("assignee", t("side-assignee"), [["me", t("filter-me")], ["none", t("assignee-none")], ...people.map((one) => /** @type {[string, string]} */ ([one.id, one.name]))], t("filter-any-assignee"))}
      ${teams.length > 0 ? choice("team_id", t("filter-team"), teams.map((one) => /** @type {[string, string]} */ ([one.id, one.name])), t("filter-any-team")) : null}
      ${choice("priority", t("side-priority"), ["low", "normal", "high", "urgent"].map((value) => /** @type {[string, string]} */ ([value, t(`priority-${value}`)])), t("filter-any-priority"))}
      <input class="input" dir="auto" maxlength="40" aria-label=${t("filter-tag")} placeholder=${t("filter-tag")} defaultValue=${filters.tag ?? ""} key=${filters.tag ?? ""}
        onChange=${(/** @type {any} */ event) => set("tag", event.target.value.trim() || null)} />
      ${YES_NO.map((name) => html`<select key=${name} class="input" aria-label=${t(`filter-${name}`)} value=${filters[name] === null ? "" : String(filters[name])}
        onChange=${(/** @type {any} */ event) => set(name, event.target.value === "" ? null : event.target.value === "true")}>
        <option value="">${t(`filter-${name}-any`)}</option>
        <option value="true" selected=${filters[name] === true}>${t(`filter-${name}-true`)}</option>
        <option value="false" selected=${filters[name] === false}>${t(`filter-${name}-false`)}</option>
      </select>`)}
      <span class="filters__end">
        ${changed ? html`<${Button} kind="quiet" onClick=${() => go(link(["tickets"], { view: view.id, filter: "on", ...Object.fromEntries(queryOf(view.filters)) }))}>${t("filter-reset")}<//>` : null}
        ${view.changeable ? html`<${Button} onClick=${() => setEditing("old")}>${t("view-change")}<//>` : null}
        <${Button} onClick=${() => setEditing("new")}>${t("view-save-new")}<//>
      </span>
    </div>
    ${editing
      ? html`<${EditView} view=${editing === "old" ? view : null} filters=${filters} onClose=${() => setEditing(null)}
          onDone=${(/** @type {any} */ saved) => (setEditing(null), onViews(), go(link(["tickets"], { view: saved?.id })))} />`
      : null}`;
}
