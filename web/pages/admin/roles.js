/** Roles: what each may do, in words, and the organisation's own. */

import { useState } from "preact/hooks";
import { get, newKey, patch, post, remove } from "../../app/api.js";
import { changed } from "../../app/draft.js";
import { t } from "../../app/locale.js";
import { may } from "../../app/session.js";
import { useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { Table } from "../../components/table.js";
import { FormDialog, Marks, roleName, Sure, useDraft, useWork, Waiting } from "./parts.js";

export function Roles() {
  const list = useLoaded((signal) => get("/api/admin/roles", { signal }), []);
  const [editing, setEditing] = useState(/** @type {string | null} */ (null));
  const [leaving, setLeaving] = useState(/** @type {any} */ (null));
  const { busy, problem, run } = useWork(list.reload);
  const roles = /** @type {any[]} */ (list.value?.items ?? []);
  const permissions = [...new Set(roles.flatMap((role) => [...role.everywhere, ...role.in_mailboxes]))].sort();
  const own = roles.filter((role) => role.version > 0 && may("role:manage"));
  const drop = async () => (await run(() => remove(`/api/admin/roles/${leaving.id}`))) && setLeaving(null);
  if (!list.value) return html`<${Waiting} of=${list} />`;
  return html`<p class="soft">${t("roles-hint")}</p>
    ${may("role:manage") ? html`<div class="row"><${Button} kind="primary" icon="add" onClick=${() => setEditing("new")}>${t("role-create")}<//></div>` : null}
    <${Table}
      box
      kind="matrix"
      label=${t("admin-roles")}
      columns=${[{ words: t("role-may"), head: true }, ...roles.map((role) => ({ words: roleName(role) }))]}
      rows=${[
        ...(own.length > 0 ? [{ key: "own", cells: [t("action-change"), ...roles.map((role) => (own.includes(role) ? html`<${OwnRole} role=${role} onEdit=${() => setEditing(role.id)} onDelete=${() => setLeaving(role)} />` : null))] }] : []),
        ...permissions.map((permission) => ({ key: permission, cells: [words(permission), ...roles.map((role) => html`<${Held} role=${role} permission=${permission} />`)] })),
      ]}
    />
    ${editing ? html`<${Edit} key=${editing} role=${roles.find((role) => role.id === editing)} permissions=${permissions} onClose=${() => setEditing(null)} reload=${list.reload} />` : null}
    ${leaving ? html`<${Sure} title=${t("role-delete")} words=${t("role-delete-what")} submit=${t("role-delete")} busy=${busy} problem=${problem} onClose=${() => setLeaving(null)} onDo=${drop} />` : null}`;
}

/** @param {{ role: any, onEdit: () => void, onDelete: () => void }} props */
function OwnRole({ role, onEdit, onDelete }) {
  return html`<div class="row">
    <${Button} kind="quiet" icon="gear" label=${t("role-change", { name: role.name })} onClick=${onEdit} />
    <${Button} kind="quiet" icon="close" label=${t("role-delete-named", { name: role.name })} onClick=${onDelete} />
  </div>`;
}

/** @param {{ role: any, permission: string }} props */
function Held({ role, permission }) {
  if (role.everywhere.includes(permission)) return html`<span class="matrix__mark"><${Icon} name="check" /> ${t("role-everywhere")}</span>`;
  if (role.in_mailboxes.includes(permission)) return html`<span class="matrix__mark"><${Icon} name="inbox" /> ${t("role-in-mailboxes")}</span>`;
  return html`<span class="soft matrix__not"><span aria-hidden="true">–</span><span class="visually-hidden">${t("role-not")}</span></span>`;
}

/** @param {{ role?: any, permissions: string[], onClose: () => void, reload: () => Promise<void> }} props */
function Edit({ role, permissions, onClose, reload }) {
  const before = { name: role?.name ?? "", permissions: role ? [...role.everywhere, ...role.in_mailboxes].sort() : [] };
  const { draft, put, bind } = useDraft(before);
  const [key] = useState(newKey);
  const { busy, problem, run } = useWork(reload);
  const wanted = { ...draft, permissions: [...draft.permissions].sort() };
  const save = () => (role ? patch(`/api/admin/roles/${role.id}`, changed(before, wanted), role.version) : post("/api/admin/roles", wanted, { key }));
  const submit = async () => (await run(save)) && onClose();
  return html`<${FormDialog} wide title=${role ? t("role-change", { name: role.name }) : t("role-create")} onClose=${onClose} onSubmit=${submit} busy=${busy} problem=${problem}>
    <${Field} label=${t("role-name")} required maxlength="60" dir="auto" ...${bind("name")} />
    <${Marks} legend=${t("role-may")} hint=${t("role-own-hint")} options=${permissions.map((permission) => ({ value: permission, words: words(permission) }))} chosen=${draft.permissions} onChange=${(/** @type {string[]} */ chosen) => put("permissions", chosen)} />
  <//>`;
}

/** @param {string} permission */
const words = (permission) => t(`permission-${permission.replace(":", "-")}`);
