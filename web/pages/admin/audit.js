/** The audit log: how it stands, what a search of it finds, the proof of an entry, and taking it away. */

import { useState } from "preact/hooks";
import { get, Problem } from "../../app/api.js";
import { explain, t } from "../../app/locale.js";
import { may } from "../../app/session.js";
import { size } from "../../app/size.js";
import { full, number, relative } from "../../app/time.js";
import { useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { Dialog } from "../../components/dialog.js";
import { Choice, Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { proved } from "../../components/step_up.js";
import { Table } from "../../components/table.js";
import { say } from "../../components/toasts.js";
import { mailboxList } from "./lists.js";
import { Box, Empty, mailboxName, Waiting } from "./parts.js";

const LOG = "/api/admin/audit";
const GOOD = ["agrees", "behind"];
const NOTHING = { since: "", until: "", action: "", actor: "", target: "", mailbox: "" };

/** @typedef {typeof NOTHING} Asked */

/** What an action is called, in words. @param {string} action */
const done = (action) => t(`event-${action.replace(".", "-")}`);

export function Audit() {
  const [asked, setAsked] = useState(NOTHING);
  const state = useLoaded((signal) => get(`${LOG}/state`, { signal }), []);
  return html`<p class="soft">${t("log-hint")}</p>
    <${State} state=${state} />
    <${Search} asked=${asked} onAsk=${setAsked} actions=${state.value?.actions ?? []} />
    <${Found} key=${JSON.stringify(asked)} asked=${asked} />`;
}

/** @param {{ state: any }} props */
function State({ state }) {
  const of = state.value;
  return html`<${Box} title=${t("log-state")} action=${may("audit:export") ? html`<${Export} query="" words=${t("log-export")} />` : null}>
    <${Waiting} of=${state} />
    ${of && of.size === 0 ? html`<p class="notice">${t("log-never")}</p>` : null}
    ${of && of.size > 0
      ? html`<dl class="facts">
            <dt>${t("log-sealed-count")}</dt><dd>${number(of.size)}</dd>
            <dt>${t("log-sealed-at")}</dt><dd title=${full(of.sealed_at)}>${relative(of.sealed_at)}</dd>
            <dt>${t("log-copied")}</dt><dd>${number(of.copied)}</dd>
            <dt>${t("log-checkpoint")}</dt><dd><pre class="scroll" dir="ltr" tabindex="0">${of.checkpoint}</pre></dd>
          </dl>
          <p class=${GOOD.includes(of.witness) ? "notice" : "notice notice--problem"}>${t(`log-witness-${of.witness}`)}</p>
          <p class=${of.gap ? "notice notice--problem" : "notice"}>${of.gap ? t("log-gap") : t("log-no-gap")}</p>`
      : null}
  <//>`;
}

/** @param {{ asked: Asked, onAsk: (asked: Asked) => void, actions: string[] }} props */
function Search({ asked, onAsk, actions }) {
  const boxes = useLoaded(mailboxList, []);
  const [draft, setDraft] = useState(asked);
  const bind = (/** @type {keyof Asked} */ name) => ({
    value: draft[name],
    onInput: (/** @type {any} */ event) => setDraft({ ...draft, [name]: event.currentTarget.value }),
  });
  const words = actions.map((action) => ({ value: action, words: done(action) })).sort((a, b) => a.words.localeCompare(b.words));
  return html`<form class="fields" role="search" aria-label=${t("log-search")} onSubmit=${(/** @type {Event} */ event) => (event.preventDefault(), onAsk(draft))}>
    <${Field} label=${t("log-since")} type="date" ...${bind("since")} />
    <${Field} label=${t("log-until")} type="date" ...${bind("until")} />
    <${Choice} label=${t("log-action")} options=${[{ value: "", words: t("log-any") }, ...words]} ...${bind("action")} />
    <${Field} label=${t("log-actor")} dir="ltr" ...${bind("actor")} />
    <${Field} label=${t("log-target")} dir="ltr" ...${bind("target")} />
    <${Choice} label=${t("log-mailbox")} options=${[{ value: "", words: t("log-any") }, ...(boxes.value ?? []).map((box) => ({ value: box.id, words: mailboxName(box) }))]} ...${bind("mailbox")} />
    <div class="row"><${Button} kind="primary" type="submit" icon="search">${t("log-search")}<//></div>
  </form>`;
}

/** @param {{ asked: Asked }} props */
function Found({ asked }) {
  const query = queryOf(asked);
  const first = useLoaded((signal) => get(`${LOG}?limit=50${query}`, { signal }), [query]);
  const [more, setMore] = useState({ items: /** @type {any[]} */ ([]), next: /** @type {string | null | undefined} */ (undefined) });
  const [open, setOpen] = useState(/** @type {string | null} */ (null));
  const items = [...(first.value?.items ?? []), ...more.items];
  const next = more.next === undefined ? first.value?.next : more.next;
  const older = async () => {
    const page = await get(`${LOG}?limit=50${query}&cursor=${encodeURIComponent(next)}`).catch((problem) => say(explain(problem), { kind: "problem" }));
    if (page) setMore({ items: [...more.items, ...page.items], next: page.next });
  };
  return html`<${Waiting} of=${first} />
    ${first.value && items.length === 0 && !next ? html`<${Empty} words=${t("log-none")} />` : null}
    ${items.length > 0
      ? html`<${Table}
          box
          label=${t("admin-audit")}
          columns=${[{ words: t("log-when"), brief: true }, { words: t("log-action") }, { words: t("log-who") }, { words: t("log-sealed"), brief: true }, { words: t("log-open"), bare: true }]}
          rows=${items.map((row) => ({ key: row.id, cells: cellsOf(row, () => setOpen(row.id)) }))}
        />`
      : null}
    <div class="row">
      ${next ? html`<${Button} onClick=${older}>${t("log-more")}<//>` : null}
      ${query && items.length > 0 && may("audit:export") ? html`<${Export} query=${`?selected=true${query}`} words=${t("log-export-found")} />` : null}
    </div>
    ${open ? html`<${Entry} id=${open} onClose=${() => setOpen(null)} />` : null}`;
}

/** @param {any} row @param {() => void} onOpen */
function cellsOf(row, onOpen) {
  const target = row.target ? html`<div class="soft"><bdi dir="ltr">${row.target_type} ${row.target}</bdi></div>` : null;
  const failed = row.outcome === "failure" ? html` <span class="chip chip--warning">${t("log-failed")}${row.reason ? html` <bdi>${row.reason}</bdi>` : null}</span>` : null;
  return [
    html`<span title=${full(row.time)}>${relative(row.time)}</span>`,
    html`${done(row.action)}${failed}${target}`,
    html`<bdi>${row.name ?? row.actor}</bdi>${row.name ? html`<div class="soft"><bdi dir="ltr">${row.actor}</bdi></div>` : null}`,
    html`<span class=${`chip chip--${row.sealed ? "success" : "warning"}`}>${row.sealed ? t("log-sealed") : t("log-not-sealed")}</span>`,
    html`<${Button} onClick=${onOpen}>${t("log-open")}<//>`,
  ];
}

/** @param {{ id: string, onClose: () => void }} props */
function Entry({ id, onClose }) {
  const shown = useLoaded((signal) => get(`${LOG}/entries/${id}`, { signal }), [id]);
  const of = shown.value;
  return html`<${Dialog} wide title=${t("log-entry")} onClose=${onClose}>
    <${Waiting} of=${shown} />
    ${of
      ? html`<h3>${done(of.row.action)}</h3>
          ${of.proof
            ? html`<p>${t("log-place", { index: number(of.index), size: number(of.size) })} ${of.cosigned ? t("log-cosigned") : t("log-not-cosigned")}</p>`
            : html`<p>${t("log-not-sealed")}</p>`}
          <h4>${t("log-text")}</h4>
          <pre class="scroll" dir="ltr" tabindex="0">${of.text}</pre>
          ${of.proof ? html`<h4>${t("log-proof")}</h4><pre class="scroll" dir="ltr" tabindex="0">${of.proof}</pre>` : null}`
      : null}
  <//>`;
}

/** Downloads in pieces, so that one sees how far it is. @param {{ query: string, words: string }} props */
function Export({ query, words }) {
  const [had, setHad] = useState(/** @type {number | null} */ (null));
  const begin = async () => {
    setHad(0);
    try {
      save(await proved(() => download(`${LOG}/export${query}`, setHad)));
      say(t("log-exported"));
    } catch (problem) {
      say(explain(problem), { kind: "problem" });
    }
    setHad(null);
  };
  return html`<${Button} icon="down" busy=${had !== null} onClick=${begin}>${words}<//>${had ? html` <span class="soft" role="status">${t("log-exporting", { size: size(had) })}</span>` : null}`;
}

/** @param {string} path @param {(bytes: number) => void} onBytes @returns {Promise<Blob>} */
async function download(path, onBytes) {
  const answer = await fetch(path, { credentials: "same-origin", cache: "no-store", redirect: "error" });
  if (!answer.ok || !answer.body) {
    const told = await answer.json().catch(() => ({}));
    throw new Problem(answer.status, told.code ?? "internal", told.params ?? {});
  }
  const pieces = [];
  let bytes = 0;
  for (const reader = answer.body.getReader(); ; ) {
    const { done: over, value } = await reader.read();
    if (over) return new Blob(pieces, { type: "application/zip" });
    pieces.push(value);
    onBytes((bytes += value.length));
  }
}

/** @param {Blob} file */
function save(file) {
  const address = URL.createObjectURL(file);
  const anchor = Object.assign(document.createElement("a"), { href: address, download: "audit-log.zip" });
  anchor.click();
  URL.revokeObjectURL(address);
}

/** The conditions that are set, as they stand in an address. @param {Asked} asked */
function queryOf(asked) {
  const moments = { since: asked.since && `${asked.since}T00:00:00Z`, until: asked.until && `${asked.until}T23:59:59.999Z` };
  return Object.entries({ ...asked, ...moments })
    .filter(([, value]) => value)
    .map(([name, value]) => `&${name}=${encodeURIComponent(value)}`)
    .join("");
}
