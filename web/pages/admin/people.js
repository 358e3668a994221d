/** The people who work here: who there is, inviting them, and what each may do. */

import { useState } from "preact/hooks";
import { get, newKey, post } from "../../app/api.js";
import { LANGUAGES } from "../../app/appearance.js";
import { explain, t } from "../../app/locale.js";
import { link } from "../../app/router.js";
import { may } from "../../app/session.js";
import { useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { Choice, Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { Table } from "../../components/table.js";
import { say } from "../../components/toasts.js";
import { everything } from "./lists.js";
import { Marks, FormDialog, mailboxName, roleName, useDraft, useWork, Waiting } from "./parts.js";
import { Gone, Person } from "./person.js";

/** @param {{ id?: string }} props */
export function People({ id }) {
  const list = useLoaded(async (signal) => {
    const [people, roles, mailboxes] = await Promise.all([
      everything("/api/admin/people", signal),
      get("/api/admin/roles", { signal }),
      may("mailbox:read") ? everything("/api/admin/mailboxes", signal) : [],
    ]);
    return { people: people.sort(byName), roles: roles.items, mailboxes: mailboxes.filter((box) => box.address) };
  }, []);
  const [inviting, setInviting] = useState(false);
  if (!list.value) return html`<${Waiting} of=${list} />`;
  const { people, roles, mailboxes } = list.value;
  const chosen = id ? people.find((person) => person.id === id) : null;
  if (id && may("privacy:manage") && (!chosen || chosen.state === "erasing")) return html`<${Gone} id=${id} onDone=${list.reload} />`;
  if (chosen) return html`<${Person} person=${chosen} roles=${roles} mailboxes=${mailboxes} reload=${list.reload} />`;
  return html`<${Waiting} of=${list} />
    <div class="row">
      ${may("user:write") ? html`<${Button} kind="primary" icon="add" onClick=${() => setInviting(true)}>${t("person-invite")}<//>` : null}
    </div>
    <${Table}
      box
      label=${t("admin-people")}
      columns=${[{ words: t("person-name"), head: true }, { words: t("person-role") }, { words: t("person-mailboxes") }, { words: t("person-factors") }, { words: t("person-state") }]}
      rows=${people.map((person) => ({
        key: person.id,
        cells: [
          html`<a href=${link(["admin", "people", person.id])}><span dir="auto">${person.name ?? t("person-erased")}</span></a><div class="soft"><bdi>${person.email}</bdi></div>`,
          html`<span dir="auto">${roleName(roles.find((/** @type {any} */ role) => role.id === person.role))}</span>`,
          person.mailbox_ids.length ? person.mailbox_ids.map((/** @type {string} */ box) => html`<div key=${box}><bdi>${mailboxName(mailboxes.find(({ id }) => id === box) ?? { id: box })}</bdi></div>`) : null,
          person.factors.length ? person.factors.map((/** @type {string} */ factor) => t(`factor-name-${factor}`)).join(", ") : html`<span class="soft">${t("factor-none")}</span>`,
          html`<${State} state=${person.state} />`,
        ],
      }))}
    />
    ${inviting ? html`<${Invite} roles=${roles} mailboxes=${mailboxes} onClose=${() => setInviting(false)} reload=${list.reload} />` : null}`;
}

/** @param {{ state: "active" | "disabled" | "erasing" | "invited" }} props */
export function State({ state }) {
  const [kind, icon] = { active: ["success", "check"], disabled: ["danger", "lock"], erasing: ["danger", "clock"], invited: ["warning", "clock"] }[state];
  return html`<span class=${`chip chip--${kind}`}><${Icon} name=${/** @type {any} */ (icon)} /> ${t(`person-state-${state}`)}</span>`;
}

/** @param {{ roles: any[], mailboxes: any[], onClose: () => void, reload: () => Promise<void> }} props */
function Invite({ roles, mailboxes, onClose, reload }) {
  const { draft, put, bind } = useDraft({ email: "", name: "", role: "agent", language: "en", mailbox_ids: /** @type {string[]} */ ([]) });
  const [key] = useState(newKey);
  const { busy, problem, run } = useWork(reload);
  const submit = async () => {
    const done = await run(() => post("/api/admin/people", draft, { key }), { words: "" });
    if (!done) return;
    if (done.answer.problem) say(t("person-not-mailed", { why: explain({ code: done.answer.problem }) }), { kind: "problem" });
    else say(t("person-invited"));
    onClose();
  };
  return html`<${FormDialog} title=${t("person-invite")} submit=${t("person-invite-send")} onClose=${onClose} onSubmit=${submit} busy=${busy} problem=${problem}>
    <${Field} label=${t("person-email")} type="email" required autocomplete="off" dir="ltr" ...${bind("email")} />
    <${Field} label=${t("person-name")} required dir="auto" autocomplete="off" ...${bind("name")} />
    <${Choice} label=${t("person-role")} options=${roles.map((role) => ({ value: role.id, words: roleName(role) }))} ...${bind("role")} />
    <${Choice} label=${t("person-language")} options=${LANGUAGES.map((tag) => ({ value: tag, words: tag === "ar" ? "العربية" : "English" }))} ...${bind("language")} />
    <${Marks} legend=${t("person-mailboxes")} hint=${t("person-mailboxes-hint")} options=${mailboxes.map((box) => ({ value: box.id, words: mailboxName(box) }))} chosen=${draft.mailbox_ids} onChange=${(/** @type {string[]} */ ids) => put("mailbox_ids", ids)} />
  <//>`;
}

/** @param {any} one @param {any} other */
const byName = (one, other) => (one.name ?? "").localeCompare(other.name ?? "");
