/** The queue: a view of tickets, the newest mail first, worked through by mouse or by keys. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { get, post } from "../app/api.js";
import { explain, t } from "../app/locale.js";
import { go, link } from "../app/router.js";
import { may } from "../app/session.js";
import { joined, page, queryOf } from "../app/tickets.js";
import { full, relative, short } from "../app/time.js";
import { useEvery, useLoaded, useShortcuts } from "../app/use.js";
import { Button } from "../components/button.js";
import { html } from "../components/html.js";
import { Icon } from "../components/icon.js";
import { State } from "../components/state.js";
import { say } from "../components/toasts.js";

const LOOKED_EVERY_MS = 10_000;

/** @param {{ place: import("../app/router.js").Place, views: any[], menu: any }} props */
export function Queue({ place, views, menu }) {
  const id = place.query.get("view") ?? "all_open";
  const view = views.find((one) => one.id === id);
  const words = place.query.get("q") ?? "";
  const query = useMemo(() => (view ? queryOf(view.filters) : null), [view?.id, view?.version]);
  const list = useLoaded(
    (signal) => {
      if (words) return get(`/api/content/search?${new URLSearchParams({ q: words })}`, { signal });
      return query ? page(query, null, signal) : new Promise(() => {});
    },
    [query, words],
  );
  const rows = /** @type {import("../app/tickets.js").Row[]} */ ((list.value?.items ?? []).map((/** @type {any} */ item) => item.ticket ?? item));
  const [at, setAt] = useState(0);
  const [marked, setMarked] = useState(/** @type {Set<string>} */ (new Set()));
  const table = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => (setAt(0), setMarked(new Set())), [query, words]);
  useEvery(() => void (!words && scrollY < 200 && marked.size === 0 && list.reload()), LOOKED_EVERY_MS);

  const move = (/** @type {number} */ by) => {
    const next = Math.max(0, Math.min(rows.length - 1, at + by));
    setAt(next);
    /** @type {HTMLElement | undefined} */ (table.current?.querySelectorAll("a.ticket-row__subject")[next])?.focus();
  };
  const open = () => rows[at] && go(link(["tickets", rows[at].id], { view: id }));
  const mark = () => rows[at] && toggle(rows[at].id);
  const toggle = (/** @type {string} */ row) =>
    setMarked((before) => {
      const after = new Set(before);
      if (!after.delete(row)) after.add(row);
      return after;
    });
  useShortcuts([
    { keys: "j", words: "keys-next", run: () => move(1) },
    { keys: "k", words: "keys-previous", run: () => move(-1) },
    { keys: "o", words: "keys-open", run: open },
    { keys: "x", words: "keys-mark", run: mark },
    { keys: "e", words: "keys-solve", run: () => void (may("ticket:write") && rows[at] && bulk([rows[at]], { state: "solved" }, list.reload)) },
  ]);
  const more = async () => {
    try {
      const next = await page(/** @type {URLSearchParams} */ (query), list.value.next);
      list.set({ items: joined(rows, next.items), next: next.next });
    } catch (error) {
      say(explain(error), { kind: "problem" });
    }
  };
  const chosen = rows.filter((row) => marked.has(row.id));
  return html`<header class="bar">
      ${menu}
      <h1 class="bar__title" dir="auto">${words ? t("search-title") : view?.built_in ? t(`view-${id}`) : (view?.name ?? "")}</h1>
      <${Search} words=${words} />
      <${Button} kind="quiet" icon="refresh" label=${t("action-refresh")} onClick=${list.reload} busy=${list.loading} />
    </header>
    ${chosen.length > 0 ? html`<${Bulk} rows=${chosen} onDone=${() => (setMarked(new Set()), list.reload())} />` : null}
    ${list.problem ? html`<p class="notice notice--problem" role="alert">${explain(list.problem)} <${Button} onClick=${list.reload}>${t("action-again")}<//></p>` : null}
    ${!list.value && list.loading
      ? html`<${Waiting} />`
      : rows.length === 0 && list.value
        ? html`<div class="empty"><${Icon} name="inbox" /><p>${words ? t("search-empty") : t("queue-empty")}</p></div>`
        : html`<ul class="queue" ref=${table} aria-label=${t("queue-label")}>
            ${rows.map(
              (row, index) => html`<${TicketRow}
                key=${row.id}
                row=${row}
                view=${id}
                chosen=${index === at}
                marked=${marked.has(row.id)}
                onMark=${() => toggle(row.id)}
                onFocus=${() => setAt(index)}
              />`,
            )}
          </ul>`}
    ${list.value?.next && !words ? html`<p class="queue__more"><${Button} onClick=${more}>${t("queue-more")}<//></p>` : null}`;
}

/** @param {{ words: string }} props */
function Search({ words }) {
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    event.preventDefault();
    const typed = new FormData(/** @type {HTMLFormElement} */ (event.target)).get("q");
    go(link(["tickets"], { q: String(typed ?? "").trim() }));
  };
  if (!may("search:use")) return null;
  return html`<form class="search" role="search" onSubmit=${submit}>
    <${Icon} name="search" />
    <input class="input" id="search" name="q" type="search" dir="auto" aria-label=${t("search-label")} placeholder=${t("search-label")} defaultValue=${words} key=${words} />
  </form>`;
}

/** @param {{ row: any, view: string, chosen: boolean, marked: boolean, onMark: () => void, onFocus: () => void }} props */
function TicketRow({ row, view, chosen, marked, onMark, onFocus }) {
  const due = [row.first_reply_due_at, row.next_reply_due_at].filter(Boolean).sort()[0];
  const who = row.customer?.name || row.customer?.address || t("customer-unknown");
  return html`<li class=${`ticket-row${chosen ? " ticket-row--chosen" : ""}${row.awaiting_reply ? " ticket-row--waiting" : ""}`}>
    <input class="ticket-row__mark" type="checkbox" aria-label=${t("queue-mark", { code: row.code })} checked=${marked} onChange=${onMark} />
    <${State} state=${row.state} bare=${true} />
    <span class="ticket-row__customer"><span dir="auto">${who}</span></span>
    <span class="ticket-row__words">
      <a class="ticket-row__subject" href=${link(["tickets", row.id], { view })} dir="auto" onFocus=${onFocus}>${row.subject || t("subject-none")}</a>
      ${row.priority === "high" || row.priority === "urgent" ? html`<span class="chip chip--danger">${t(`priority-${row.priority}`)}</span>` : null}
      ${row.tags.map((/** @type {string} */ tag) => html`<span key=${tag} class="chip" dir="auto">${tag}</span>`)}
      ${row.snoozed_until ? html`<span class="chip"><${Icon} name="snooze" /> ${short(row.snoozed_until)}</span>` : null}
      ${row.breached.length > 0
        ? html`<span class="chip chip--danger"><${Icon} name="alert" /> ${t("row-breached")}</span>`
        : due
          ? html`<span class="chip chip--warning"><${Icon} name="clock" /> ${relative(due)}</span>`
          : null}
    </span>
    <bdi class="ticket-row__code">${row.code}</bdi>
    <time class="ticket-row__time" datetime=${row.last_message_at} title=${full(row.last_message_at)}>${short(row.last_message_at)}</time>
  </li>`;
}

/** @param {{ rows: any[], onDone: () => void }} props */
function Bulk({ rows, onDone }) {
  return html`<div class="bulk" role="toolbar" aria-label=${t("bulk-label")}>
    <span>${t("bulk-count", { count: rows.length })}</span>
    ${["open", "pending", "solved", "spam"].map(
      (state) => html`<${Button} key=${state} onClick=${() => bulk(rows, { state }, onDone)}>${t(`bulk-${state}`)}<//>`,
    )}
  </div>`;
}

/** Change many tickets, and tell which were not. @param {any[]} rows @param {Record<string, any>} change @param {() => unknown} done */
async function bulk(rows, change, done) {
  try {
    const tickets = rows.map(({ id, version }) => ({ id, version }));
    const { items } = await post("/api/tickets/bulk", { tickets, change });
    const failed = items.filter((/** @type {any} */ item) => item.outcome !== "changed" && item.outcome !== "unchanged");
    say(failed.length > 0 ? t("bulk-some", { done: items.length - failed.length, failed: failed.length }) : t("bulk-done", { count: items.length }), {
      kind: failed.length > 0 ? "problem" : "plain",
    });
  } catch (error) {
    say(explain(error), { kind: "problem" });
  }
  void done();
}

function Waiting() {
  return html`<div class="queue" role="status" aria-label=${t("loading")}>
    ${Array.from({ length: 8 }, (_, index) => html`<div key=${index} class="ticket-row"><span class="skeleton" style=${{ inlineSize: `${40 + ((index * 17) % 45)}%` }}></span></div>`)}
  </div>`;
}
