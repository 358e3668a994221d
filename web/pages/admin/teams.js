/** Teams: to whom tickets can be given as a group. */

import { useState } from "preact/hooks";
import { get, newKey, patch, post } from "../../app/api.js";
import { changed } from "../../app/draft.js";
import { t } from "../../app/locale.js";
import { may } from "../../app/session.js";
import { useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { Check, Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { everything } from "./lists.js";
import { Box, Empty, FormDialog, Marks, useDraft, useWork, Waiting } from "./parts.js";

export function Teams() {
  const list = useLoaded(async (signal) => {
    const [teams, people] = await Promise.all([get("/api/admin/teams", { signal }), everything("/api/admin/people", signal)]);
    return { teams: teams.items, people };
  }, []);
  const [editing, setEditing] = useState(/** @type {string | null} */ (null));
  if (!list.value) return html`<${Waiting} of=${list} />`;
  const { teams, people } = list.value;
  const name = (/** @type {string} */ id) => people.find((person) => person.id === id)?.name ?? t("person-erased");
  return html`${may("user:write") ? html`<div class="row"><${Button} kind="primary" icon="add" onClick=${() => setEditing("new")}>${t("team-create")}<//></div>` : null}
    ${teams.length === 0 ? html`<${Empty} icon="people" words=${t("teams-empty")} />` : null}
    ${teams.map(
      (/** @type {any} */ team) => html`<${Box} key=${team.id} title=${team.name} action=${may("user:write") ? html`<${Button} onClick=${() => setEditing(team.id)}>${t("action-change")}<//>` : null}>
        ${team.active ? null : html`<p class="soft">${t("team-resting")}</p>`}
        <div class="row">${team.member_ids.length ? team.member_ids.map((/** @type {string} */ id) => html`<span class="chip" key=${id} dir="auto">${name(id)}</span>`) : html`<span class="soft">${t("team-nobody")}</span>`}</div>
      <//>`,
    )}
    ${editing ? html`<${Edit} key=${editing} team=${teams.find((/** @type {any} */ team) => team.id === editing)} people=${people} onClose=${() => setEditing(null)} reload=${list.reload} />` : null}`;
}

/** @param {{ team?: any, people: any[], onClose: () => void, reload: () => Promise<void> }} props */
function Edit({ team, people, onClose, reload }) {
  const before = { name: team?.name ?? "", member_ids: team?.member_ids ?? [], active: team?.active ?? true };
  const { draft, put, bind, tick } = useDraft(before);
  const [key] = useState(newKey);
  const { busy, problem, run } = useWork(reload);
  const save = () =>
    team ? patch(`/api/admin/teams/${team.id}`, changed(before, draft), team.version) : post("/api/admin/teams", { name: draft.name, member_ids: draft.member_ids }, { key });
  const submit = async () => (await run(save)) && onClose();
  const options = people.filter((person) => person.name && person.state !== "disabled").map((person) => ({ value: person.id, words: person.name }));
  return html`<${FormDialog} title=${team ? t("team-change") : t("team-create")} onClose=${onClose} onSubmit=${submit} busy=${busy} problem=${problem}>
    <${Field} label=${t("team-name")} required dir="auto" ...${bind("name")} />
    <${Marks} legend=${t("team-members")} options=${options} chosen=${draft.member_ids} onChange=${(/** @type {string[]} */ ids) => put("member_ids", ids)} />
    ${team ? html`<${Check} label=${t("team-active")} ...${tick("active")} />` : null}
  <//>`;
}
