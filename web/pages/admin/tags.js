/** The tags of a mailbox: which are in use, giving one another name, putting two together, taking one away. */

import { useEffect, useState } from "preact/hooks";
import { get, newKey, post } from "../../app/api.js";
import { explain, t } from "../../app/locale.js";
import { link } from "../../app/router.js";
import { current } from "../../app/session.js";
import { number } from "../../app/time.js";
import { useEvery, useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { Choice, Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { mailboxList } from "./lists.js";
import { Empty, FormDialog, mailboxName, Sure, useWork, Waiting } from "./parts.js";

const LOOKED_EVERY_MS = 3_000;

export function Tags() {
  const boxes = useLoaded(mailboxList, []);
  const own = (boxes.value ?? []).filter(({ id }) => current().user?.mailbox_ids.includes(id));
  const [chosen, setChosen] = useState("");
  const mailbox = own.find(({ id }) => id === chosen) ?? own[0];
  return html`<p class="soft">${t("tags-hint")}</p>
    <${Waiting} of=${boxes} />
    ${boxes.value && !mailbox ? html`<${Empty} words=${t("tags-no-mailbox")} icon="tag" />` : null}
    ${mailbox
      ? html`${own.length > 1 ? html`<${Choice} label=${t("hold-of-mailbox")} options=${own.map((box) => ({ value: box.id, words: mailboxName(box) }))} value=${mailbox.id} onInput=${(/** @type {any} */ event) => setChosen(event.currentTarget.value)} />` : null}
          <${InUse} key=${mailbox.id} mailbox=${mailbox} />`
      : null}`;
}

/** @param {{ mailbox: any }} props */
function InUse({ mailbox }) {
  const path = `/api/admin/mailboxes/${mailbox.id}/tags`;
  const list = useLoaded((signal) => get(`/api/tickets/tags?mailbox_id=${mailbox.id}`, { signal }), []);
  const changes = useLoaded((signal) => get(path, { signal }), []);
  const [asking, setAsking] = useState(/** @type {{ tag: string, removes: boolean } | null} */ (null));
  const { busy, problem, run, setProblem } = useWork(changes.reload);
  const close = () => (setAsking(null), setProblem(""));
  const begun = /** @type {any[]} */ (changes.value?.items ?? []);
  const active = begun.some(isActive);
  useEvery(() => void (active && changes.reload()), LOOKED_EVERY_MS);
  const newest = begun[0]?.id ?? "";
  useEffect(() => void (newest && !active && list.reload()), [newest, active]);
  /** @param {string} tag @param {string | null} into */
  const change = async (tag, into) => (await run(() => post(path, { tag, into }, { key: newKey() }), { words: t("tags-begun") })) && close();
  const items = list.value?.items ?? [];
  return html`<${Waiting} of=${list} />
    <${Waiting} of=${changes} />
    ${begun.length > 0 ? html`<ul class="box">${begun.map((one) => html`<${Begun} key=${one.id} one=${one} />`)}</ul>` : null}
    ${list.value && items.length === 0 ? html`<${Empty} words=${t("tags-none")} icon="tag" />` : null}
    ${items.length > 0
      ? html`<p class="soft">${t("tags-looked-at", { count: list.value.looked_at })}</p>
        <ul class="box">${items.map(
          (/** @type {any} */ { tag, tickets }) => html`<li key=${tag} class="row row--apart">
            <span><a href=${link(["tickets"], { filter: "on", mailbox_id: mailbox.id, tag })}><span class="chip"><span dir="auto">${tag}</span></span></a> <span class="soft">${t("tags-tickets", { count: tickets, tickets: number(tickets) })}</span></span>
            <span class="row"><${Button} disabled=${active} onClick=${() => setAsking({ tag, removes: false })} label=${t("tags-rename-named", { tag })}>${t("tags-rename")}<//><${Button} kind="danger" disabled=${active} onClick=${() => setAsking({ tag, removes: true })} label=${t("tags-remove-named", { tag })}>${t("tags-remove")}<//></span>
          </li>`,
        )}</ul>`
      : null}
    ${asking && !asking.removes ? html`<${Rename} tag=${asking.tag} known=${items.map((/** @type {any} */ one) => one.tag)} busy=${busy} problem=${problem} onClose=${close} onDo=${change} />` : null}
    ${asking?.removes ? html`<${Sure} title=${t("tags-remove-named", { tag: asking.tag })} words=${t("tags-remove-what")} submit=${t("tags-remove")} busy=${busy} problem=${problem} onClose=${close} onDo=${() => change(asking.tag, null)} />` : null}`;
}

/** What became of a tag, or is becoming. It goes on by itself, so a reload loses nothing. @param {{ one: any }} props */
function Begun({ one }) {
  const { tag, into, tickets, rules, views, failure, state } = one;
  const [kind, icon, words] = failure ? ["danger", "alert", "job-state-failed"] : isActive(one) ? ["warning", "refresh", "job-state-running"] : ["success", "check", `job-state-${state}`];
  return html`<li class="row row--apart">
    <span>${into === null ? t("tags-removed", { tag }) : t("tags-renamed", { tag, into })} <span class="soft">${t("tags-counted", { count: tickets, tickets: number(tickets), rules: number(rules), views: number(views) })}</span>
      ${failure ? html`<span class="notice notice--problem">${explain({ code: failure })}</span>` : null}</span>
    <span class=${`chip chip--${kind}`} role="status"><${Icon} name=${/** @type {any} */ (icon)} /> ${t(words)}</span>
  </li>`;
}

const isActive = (/** @type {any} */ { state }) => state === "queued" || state === "running";

/** @param {{ tag: string, known: string[], busy: boolean, problem: string, onClose: () => void, onDo: (tag: string, into: string) => void }} props */
function Rename({ tag, known, busy, problem, onClose, onDo }) {
  const [name, setName] = useState(tag);
  const into = name.trim().replace(/\s+/gu, " ").toLowerCase();
  const joins = into !== tag && known.includes(into);
  return html`<${FormDialog} title=${t("tags-rename-named", { tag })} submit=${t(joins ? "tags-join" : "tags-rename")} busy=${busy} problem=${problem} onClose=${onClose} onSubmit=${() => into && into !== tag && onDo(tag, into)}>
    <p>${t("tags-rename-what")}</p>
    <${Field} label=${t("tags-name")} dir="auto" required maxlength="40" autocomplete="off" autofocus value=${name} onInput=${(/** @type {any} */ event) => setName(event.target.value)} />
    <p class="soft" role="status">${joins ? t("tags-joins", { tag: into }) : ""}</p>
  <//>`;
}
