/** The proof that no mail of a mailbox was lost: what the comparisons with Gmail stated, and beginning one now. */

import { get, post } from "../../app/api.js";
import { t } from "../../app/locale.js";
import { may } from "../../app/session.js";
import { full, number } from "../../app/time.js";
import { useEvery, useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { Table } from "../../components/table.js";
import { Box, Empty, mailboxName, useWork, Waiting } from "./parts.js";

const LOOKED_EVERY_MS = 3_000;

/** @param {{ id: string }} props */
export function Proofs({ id }) {
  const path = `/api/admin/mailboxes/${id}`;
  const loaded = useLoaded(async (signal) => {
    const [mailbox, page] = await Promise.all([get(path, { signal }), get(`${path}/statements?limit=50`, { signal })]);
    return { mailbox, items: /** @type {any[]} */ (page.items) };
  }, [path]);
  const { busy, problem, run } = useWork(loaded.reload);
  const compared = loaded.value?.mailbox.proof.compared ?? null;
  useEvery(() => void (compared !== null && loaded.reload()), LOOKED_EVERY_MS);
  if (!loaded.value) return html`<${Waiting} of=${loaded} />`;
  const { mailbox, items } = loaded.value;
  const begin = (/** @type {boolean} */ whole) => run(() => post(`${path}/reconciliation`, { whole }), { words: t("proof-begun") });
  return html`<p><a class="row" href="#/mailboxes"><${Icon} name="back" /> ${t("settings-all")}</a></p>
    <h2><bdi>${mailboxName(mailbox)}</bdi></h2>
    <${Box} title=${t("proof-title")} hint=${t("proof-hint")}>
      <div role="status">${compared === null ? null : html`<p class="notice"><${Icon} name="refresh" /> ${t("proof-under-way", { count: compared, compared: number(compared) })}</p>`}</div>
      ${problem ? html`<p class="notice notice--problem" role="alert">${problem}</p>` : null}
      ${may("mailbox:connect") && mailbox.state === "active"
        ? html`<div class="row">
            <${Button} kind="primary" busy=${busy} disabled=${compared !== null} onClick=${() => begin(false)}>${t("proof-now")}<//>
            <${Button} busy=${busy} disabled=${compared !== null} onClick=${() => begin(true)}>${t("proof-whole")}<//>
          </div>`
        : null}
    <//>
    ${items.length === 0 ? html`<${Empty} words=${t("proofs-empty")} icon="check" />` : html`<${Statements} items=${items} />`}`;
}

/** @param {{ items: any[] }} props */
function Statements({ items }) {
  return html`<${Table}
    box
    label=${t("proof-statements")}
    columns=${[{ words: t("proof-issued"), head: true }, { words: t("proof-result") }, { words: t("proof-period") }, { words: t("proof-note"), bare: true }]}
    rows=${items.map((one) => ({
      key: one.id,
      cells: [
        full(one.issued_at),
        html`<span class=${`chip chip--${one.missing ? "danger" : "success"}`}><${Icon} name=${one.missing ? "alert" : "check"} /> ${t("proof-of", { accounted: number(one.accounted), gmail: number(one.gmail) })}</span>
          ${one.missing ? html`<div>${t("proof-missing", { count: one.missing, missing: number(one.missing) })}</div>` : null}
          ${one.repaired ? html`<div class="soft">${t("proof-repaired", { count: one.repaired, repaired: number(one.repaired) })}</div>` : null}
          ${one.gone ? html`<div class="soft">${t("proof-gone", { count: one.gone, gone: number(one.gone) })}</div>` : null}
          ${one.stored_only ? html`<div class="soft">${t("proof-stored-only", { count: one.stored_only, stored: number(one.stored_only) })}</div>` : null}`,
        html`<span class="soft">${t("proof-span", { since: full(one.since), until: full(one.until) })}</span>`,
        html`<a href=${one.url} download>${t("proof-download")}</a>`,
      ],
    }))}
  />`;
}
