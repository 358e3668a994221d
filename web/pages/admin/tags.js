/** The tags of a mailbox: which are in use, giving one another name, putting two together, taking one away. */

import { useState } from "preact/hooks";
import { get } from "../../app/api.js";
import { explain, t } from "../../app/locale.js";
import { link } from "../../app/router.js";
import { retag } from "../../app/retagging.js";
import { current } from "../../app/session.js";
import { number } from "../../app/time.js";
import { useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { Choice, Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { say } from "../../components/toasts.js";
import { mailboxList } from "./lists.js";
import { Empty, FormDialog, mailboxName, Sure, Waiting } from "./parts.js";

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
  const list = useLoaded((signal) => get(`/api/tickets/tags?mailbox_id=${mailbox.id}`, { signal }), []);
  const [asking, setAsking] = useState(/** @type {{ tag: string, removes: boolean } | null} */ (null));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [done, setDone] = useState(0);
  const close = () => (setAsking(null), setProblem(""));
  /** @param {string} tag @param {string | null} into */
  const change = async (tag, into) => {
    setBusy(true);
    setProblem("");
    setDone(0);
    try {
      const result = await retag(mailbox.id, tag, into, setDone);
      if (result.left > 0) setProblem(t("tags-left", { count: result.left }));
      else {
        say(t("tags-done", { count: result.done }));
        close();
      }
    } catch (error) {
      setProblem(explain(error));
    }
    setBusy(false);
    await list.reload();
  };
  const items = list.value?.items ?? [];
  const told = busy ? html`<p role="status">${t("tags-progress", { count: done })}</p>` : null;
  return html`<${Waiting} of=${list} />
    ${list.value && items.length === 0 ? html`<${Empty} words=${t("tags-none")} icon="tag" />` : null}
    ${items.length > 0
      ? html`<p class="soft">${t("tags-looked-at", { count: list.value.looked_at })}</p>
        <ul class="box">${items.map(
          (/** @type {any} */ { tag, tickets }) => html`<li key=${tag} class="row row--apart">
            <span><a href=${link(["tickets"], { filter: "on", mailbox_id: mailbox.id, tag })}><span class="chip"><span dir="auto">${tag}</span></span></a> <span class="soft">${t("tags-tickets", { count: tickets, tickets: number(tickets) })}</span></span>
            <span class="row"><${Button} onClick=${() => setAsking({ tag, removes: false })} label=${t("tags-rename-named", { tag })}>${t("tags-rename")}<//><${Button} kind="danger" onClick=${() => setAsking({ tag, removes: true })} label=${t("tags-remove-named", { tag })}>${t("tags-remove")}<//></span>
          </li>`,
        )}</ul>`
      : null}
    ${asking && !asking.removes ? html`<${Rename} tag=${asking.tag} known=${items.map((/** @type {any} */ one) => one.tag)} told=${told} busy=${busy} problem=${problem} onClose=${close} onDo=${change} />` : null}
    ${asking?.removes ? html`<${Sure} title=${t("tags-remove-named", { tag: asking.tag })} words=${t("tags-remove-what")} submit=${t("tags-remove")} busy=${busy} problem=${problem} onClose=${close} onDo=${() => change(asking.tag, null)}>${told}<//>` : null}`;
}

/** @param {{ tag: string, known: string[], told: any, busy: boolean, problem: string, onClose: () => void, onDo: (tag: string, into: string) => void }} props */
function Rename({ tag, known, told, busy, problem, onClose, onDo }) {
  const [name, setName] = useState(tag);
  const into = name.trim().replace(/\s+/gu, " ").toLowerCase();
  const joins = into !== tag && known.includes(into);
  return html`<${FormDialog} title=${t("tags-rename-named", { tag })} submit=${t(joins ? "tags-join" : "tags-rename")} busy=${busy} problem=${problem} onClose=${onClose} onSubmit=${() => into && into !== tag && onDo(tag, into)}>
    <p>${t("tags-rename-what")}</p>
    <${Field} label=${t("tags-name")} dir="auto" required maxlength="40" autocomplete="off" autofocus value=${name} onInput=${(/** @type {any} */ event) => setName(event.target.value)} />
    <p class="soft" role="status">${joins ? t("tags-joins", { tag: into }) : ""}</p>
    ${told}
  <//>`;
}
