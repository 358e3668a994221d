/** One person: role, mailboxes, access, where they are signed in, how they prove who they are. */

import { useState } from "preact/hooks";
import { get, patch, post, remove } from "../../app/api.js";
import { t } from "../../app/locale.js";
import { link } from "../../app/router.js";
import { may } from "../../app/session.js";
import { full, relative } from "../../app/time.js";
import { useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { Erased } from "../../components/erased.js";
import { Choice } from "../../components/field.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { Box, Marks, Sure, mailboxName, roleName, useWork, Waiting } from "./parts.js";
import { State } from "./people.js";

/** @param {{ person: any, roles: any[], mailboxes: any[], reload: () => Promise<void> }} props */
export function Person({ person, roles, mailboxes, reload }) {
  return html`<p><a class="row" href=${link(["admin", "people"])}><${Icon} name="back" /> ${t("person-all")}</a></p>
    <${Access} person=${person} reload=${reload} />
    ${may("role:manage") ? html`<${RoleOf} person=${person} roles=${roles} reload=${reload} />` : null}
    ${may("mailbox:members") ? html`<${Membership} person=${person} mailboxes=${mailboxes} reload=${reload} />` : null}
    <${Sessions} person=${person} />
    <${Factors} person=${person} reload=${reload} />
    ${may("privacy:manage") && person.name !== null ? html`<${Erasing} person=${person} reload=${reload} />` : null}`;
}

/** Somebody who is not there any more: whether they were erased, and what proves it. @param {{ id: string, onDone: () => void }} props */
export function Gone({ id, onDone }) {
  return html`<p><a class="row" href=${link(["admin", "people"])}><${Icon} name="back" /> ${t("person-all")}</a></p>
    <${Box} title=${t("person-erased")}><${Erased} path=${`/api/admin/privacy/people/${encodeURIComponent(id)}/erasure`} onDone=${onDone} /><//>`;
}

/** Having an account erased, with everything that is held on the person. @param {{ person: any, reload: () => Promise<void> }} props */
function Erasing({ person, reload }) {
  const { busy, problem, run } = useWork(reload);
  const [sure, setSure] = useState(false);
  const erase = async () => (await run(() => post(`/api/admin/privacy/people/${person.id}/erase`), { words: t("erasure-begun") })) && setSure(false);
  return html`<${Box} title=${t("person-erase")} hint=${t("person-erase-hint")} action=${html`<${Button} kind="danger" onClick=${() => setSure(true)}>${t("person-erase")}<//>`}>
    ${sure ? html`<${Sure} title=${t("person-erase")} words=${t("person-erase-what")} submit=${t("person-erase")} busy=${busy} problem=${problem} onClose=${() => setSure(false)} onDo=${erase} />` : null}
  <//>`;
}

/** @param {{ person: any, reload: () => Promise<void> }} props */
function Access({ person, reload }) {
  const { busy, problem, run } = useWork(reload);
  const [sure, setSure] = useState(false);
  const path = `/api/admin/people/${person.id}`;
  const turn = async (/** @type {boolean} */ disabled) => (await run(() => patch(path, { disabled }, person.version))) && setSure(false);
  return html`<section class="box" aria-label=${person.name ?? t("person-erased")}>
    <div class="row admin__head"><h2 dir="auto">${person.name ?? t("person-erased")}</h2><${State} state=${person.state} /></div>
    <p class="soft"><bdi>${person.email}</bdi></p>
    ${problem && !sure ? html`<p class="notice notice--problem" role="alert">${problem}</p>` : null}
    ${may("user:write")
      ? html`<div class="row">
          ${person.state === "invited" ? html`<${Button} icon="send" busy=${busy} onClick=${() => run(() => post(`${path}/invitation`), { words: t("person-invited") })}>${t("person-invite-again")}<//>` : null}
          ${person.state === "disabled"
            ? html`<${Button} busy=${busy} onClick=${() => turn(false)}>${t("person-enable")}<//>`
            : html`<${Button} kind="danger" onClick=${() => setSure(true)}>${t("person-disable")}<//>`}
        </div>`
      : null}
    ${sure ? html`<${Sure} title=${t("person-disable")} words=${t("person-disable-what")} submit=${t("person-disable")} busy=${busy} problem=${problem} onClose=${() => setSure(false)} onDo=${() => turn(true)} />` : null}
  </section>`;
}

/** @param {{ person: any, roles: any[], reload: () => Promise<void> }} props */
function RoleOf({ person, roles, reload }) {
  const [role, setRole] = useState(person.role);
  const { busy, problem, run } = useWork(reload);
  const save = () => run(() => patch(`/api/admin/people/${person.id}/role`, { role }, person.version));
  return html`<${Box} title=${t("person-role")} hint=${t("person-role-hint")}>
    <${Choice} label=${t("person-role")} options=${roles.map((one) => ({ value: one.id, words: roleName(one) }))} value=${role} onInput=${(/** @type {any} */ event) => setRole(event.currentTarget.value)} />
    ${problem ? html`<p class="notice notice--problem" role="alert">${problem}</p>` : null}
    <div class="row"><${Button} kind="primary" busy=${busy} disabled=${role === person.role} onClick=${save}>${t("person-role-save")}<//></div>
  <//>`;
}

/** @param {{ person: any, mailboxes: any[], reload: () => Promise<void> }} props */
function Membership({ person, mailboxes, reload }) {
  const [chosen, setChosen] = useState(/** @type {string[]} */ (person.mailbox_ids));
  const { busy, problem, run } = useWork(reload);
  const save = () => run(() => patch(`/api/admin/people/${person.id}/mailboxes`, { mailbox_ids: chosen }, person.version));
  return html`<${Box} title=${t("person-mailboxes")}>
    <${Marks} legend=${t("person-mailboxes")} hint=${t("person-mailboxes-hint")} options=${mailboxes.map((box) => ({ value: box.id, words: mailboxName(box) }))} chosen=${chosen} onChange=${setChosen} />
    ${problem ? html`<p class="notice notice--problem" role="alert">${problem}</p>` : null}
    <div class="row"><${Button} kind="primary" busy=${busy} onClick=${save}>${t("person-mailboxes-save")}<//></div>
  <//>`;
}

/** @param {{ person: any }} props */
function Sessions({ person }) {
  const path = `/api/admin/people/${person.id}/sessions`;
  const list = useLoaded((signal) => get(path, { signal }), [path]);
  const { busy, run } = useWork(list.reload);
  const items = list.value?.items ?? [];
  return html`<${Box} title=${t("person-sessions")}>
    <${Waiting} of=${list} />
    ${list.value && items.length === 0 ? html`<p class="soft">${t("person-sessions-none")}</p>` : null}
    <ul class="stack">
      ${items.map(
        (/** @type {any} */ one) => html`<li class="row" key=${one.id}>
          <bdi>${one.browser}</bdi> <span class="soft" title=${full(one.seen_at)}>${relative(one.seen_at)}</span>
          ${one.current ? html`<span class="chip chip--success">${t("account-this-browser")}</span>` : null}
        </li>`,
      )}
    </ul>
    ${may("user:write") && items.length > 0 ? html`<div class="row"><${Button} kind="danger" busy=${busy} onClick=${() => run(() => remove(path), { loud: true })}>${t("person-sessions-end")}<//></div>` : null}
  <//>`;
}

/** @param {{ person: any, reload: () => Promise<void> }} props */
function Factors({ person, reload }) {
  const [sure, setSure] = useState(false);
  const { busy, problem, run } = useWork(reload);
  const take = async () => (await run(() => remove(`/api/admin/people/${person.id}/factors`))) && setSure(false);
  return html`<${Box} title=${t("person-factors")} hint=${t("person-factors-hint")}>
    <p>${person.factors.length ? person.factors.map((/** @type {string} */ factor) => t(`factor-name-${factor}`)).join(", ") : t("factor-none")}</p>
    ${may("user:write") && person.factors.length > 0 ? html`<div class="row"><${Button} kind="danger" onClick=${() => setSure(true)}>${t("person-factors-remove")}<//></div>` : null}
    ${sure ? html`<${Sure} title=${t("person-factors-remove")} words=${t("person-factors-what")} submit=${t("person-factors-remove")} busy=${busy} problem=${problem} onClose=${() => setSure(false)} onDo=${take} />` : null}
  <//>`;
}
