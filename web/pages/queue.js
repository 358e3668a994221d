/** The queue: a view of tickets, the newest mail first, worked through by mouse or by keys. */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { useDirectory } from "../app/directory.js";
import { useConnected, useOthers } from "../app/live.js";
import { explain, language, t } from "../app/locale.js";
import { go, link } from "../app/router.js";
import { current, may } from "../app/session.js";
import { between, BUILT_IN, filtersOf, queryOf, showList } from "../app/tickets.js";
import { timeZone } from "../app/time.js";
import { useEvery, useShortcuts } from "../app/use.js";
import { worklist } from "../app/worklist.js";
import { Blocks } from "../components/blocks.js";
import { Button } from "../components/button.js";
import { html } from "../components/html.js";
import { Icon } from "../components/icon.js";
import { Part } from "../components/part.js";
import { Search } from "../components/search.js";
import { say } from "../components/toasts.js";
import { TicketRow } from "../components/ticket_row.js";

const PARTS = {
  changing: () => import("../components/changing.js"),
  bulk: () => import("../components/bulk.js"),
  filters: () => import("../components/filter_bar.js"),
  found: () => import("./found.js"),
  opening: () => import("../components/new_ticket.js"),
  start: () => import("../components/no_mailbox.js"),
};
const AT_TOP_PX = 40;
const BEFORE_NEEDED_MS = 2_000;
const MINUTE_MS = 60_000;
const TRIED_AGAIN_AFTER_MS = 5_000;

/** @typedef {import("../app/tickets.js").Row} Row */

/**
 * Ask for the list that will be shown, before anything is drawn. The feed tells what changes until it is: it looks back.
 * @param {import("../app/router.js").Place} place
 */
export function beginQueue({ parts, query }) {
  const { state, user } = current();
  const filters = BUILT_IN[query.get("view") ?? "all_open"];
  if (state !== "whole" || !user || !may("ticket:read") || !filters) return;
  if ((parts[0] ?? "tickets") !== "tickets" || parts[1] || query.has("q") || query.has("filter")) return;
  void worklist(filters, user.id).load();
}

/** @param {{ place: import("../app/router.js").Place, views: any[], problem: unknown, menu: any, onViews: () => void }} props */
export function Queue({ place, views, problem, menu, onViews }) {
  useEffect(() => showList(location.hash), [place]);
  if (place.query.get("q")) return html`<${Part} load=${PARTS.found} name="Found" key=${place.query.toString()} place=${place} menu=${menu} />`;
  const id = place.query.get("view") ?? "all_open";
  const filtered = place.query.has("filter");
  const view = views.find((one) => one.id === id);
  // The list need not wait for the views to be counted where it is known what the view shows.
  const filters = filtered ? filtersOf(place.query) : (view?.filters ?? (views.length === 0 && !problem ? BUILT_IN[id] : undefined));
  const head = html`<h1 class="bar__title"><span dir="auto">${view?.built_in || id in BUILT_IN ? t(`view-${id}`) : (view?.name ?? "")}</span>${filtered && view && queryOf(filters).toString() !== queryOf(view.filters).toString() ? html` <span class="chip bar__words">${t("filter-on")}</span>` : null}</h1>`;
  const to = filtered ? link(["tickets"], { view: id }) : link(["tickets"], { view: id, filter: "on", ...Object.fromEntries(queryOf(filters ?? {})) });
  const bar = (/** @type {any} */ more) => html`<header class="bar">
    ${menu}${head}<${Search} />
    <${Button} kind="quiet" icon="filter" label=${t("filter-open")} pressed=${filtered} onClick=${() => go(to)} />
    ${more}
  </header>
  ${filtered && view ? html`<${Part} load=${PARTS.filters} name="FilterBar" place=${place} view=${view} filters=${filters} onViews=${onViews} />` : null}`;
  if (!filters && views.length > 0)
    return html`${bar(null)}<p class="notice notice--warning queue__notice">${t("error-view-not_found")} <a href=${link(["tickets"], { view: "all_open" })}>${t("view-all_open")}</a></p>`;
  if (!filters && problem) return html`${bar(null)}<p class="notice notice--problem queue__notice" role="alert">${explain(problem)} <${Button} onClick=${onViews}>${t("action-again")}<//></p>`;
  if (!filters) return html`${bar(null)}<${Waiting} />`;
  return html`<${List} key=${queryOf(filters).toString()} filters=${filters} view=${id} bar=${bar} />`;
}

/** Whether the focus is with nothing that somebody chose: the whole page has it after what had it went. */
const nowhere = () => document.activeElement?.matches("body, main");

/** The list of these filters, and anew whenever it changes. @param {import("../app/tickets.js").Filters} filters */
function useWorklist(filters) {
  const list = useMemo(() => worklist(filters, current().user?.id ?? ""), []);
  const [, setTurn] = useState(0);
  useEffect(() => list.listen(() => setTurn((turn) => turn + 1)), [list]);
  const connected = useConnected();
  useEffect(() => void (list.stale && connected && !list.problem && list.state !== "loading" && list.load()), [list.stale, connected]);
  useEvery(() => void (list.stale && connected && list.problem && list.load()), TRIED_AGAIN_AFTER_MS);
  useLayoutEffect(() => {
    if (list.state === "shown") scrollTo(0, list.scroll);
    if (list.at && nowhere()) document.getElementById(`row-${list.at}`)?.focus({ preventScroll: true });
    const scrolled = () => (list.scroll = scrollY);
    addEventListener("scroll", scrolled, { passive: true });
    return () => removeEventListener("scroll", scrolled);
  }, [list]);
  return { list, connected };
}

/** @param {{ filters: import("../app/tickets.js").Filters, view: string, bar: (more: any) => any }} props */
function List({ filters, view, bar }) {
  const { list, connected } = useWorklist(filters);
  const { rows, held, next } = list.list;
  const [marked, setMarked] = useState(/** @type {Set<string>} */ (new Set()));
  const [asking, setAsking] = useState(/** @type {"" | "all" | "tags" | "snooze" | "opening"} */ (""));
  const [failures, setFailures] = useState(/** @type {import("../components/changing.js").Failure[]} */ ([]));
  const lastMarked = useRef(/** @type {string | null} */ (null));
  const people = useDirectory("people");
  const names = useMemo(() => new Map(people.map((one) => [one.id, one.name ?? ""])), [people]);
  const boxes = useDirectory("mailboxes");
  const others = useOthers();
  list.top = () => scrollY < AT_TOP_PX && marked.size === 0 && !asking;
  const chosen = useChosen(list, rows);
  // What a key opens is there before it is pressed, and without a connection too.
  useEffect(() => void setTimeout(() => Object.values(PARTS).forEach((load) => load().catch(() => {})), BEFORE_NEEDED_MS), []);

  const focus = (/** @type {Row | undefined} */ row) => {
    if (!row) return;
    list.at = row.id;
    document.getElementById(`row-${row.id}`)?.focus();
  };
  const move = (/** @type {number} */ by) => focus(rows[Math.max(0, Math.min(rows.length - 1, chosen ? rows.indexOf(chosen) + by : 0))]);
  const mark = (/** @type {string} */ id, range = false) => {
    const ids = range ? between(rows, lastMarked.current, id) : [id];
    const after = new Set(marked);
    const add = range || !after.has(id);
    for (const one of ids) add ? after.add(one) : after.delete(one);
    lastMarked.current = id;
    setMarked(after);
  };
  const meant = marked.size > 0 ? rows.filter(({ id }) => marked.has(id)) : chosen ? [chosen] : [];
  const change = (/** @type {Record<string, any>} */ wanted, some = meant) => {
    if (!may("ticket:write")) return;
    setAsking("");
    setMarked(new Set());
    void PARTS.changing().then(({ changeTickets }) => changeTickets(some, wanted, setFailures), () => say(explain({ code: "page.no_answer" }), { kind: "problem" }));
  };
  const ask = (/** @type {"all" | "tags" | "snooze"} */ what) => may("ticket:write") && meant.length > 0 && setAsking(what);
  const reveal = () => (list.reveal(), scrollTo(0, 0), requestAnimationFrame(() => focus(list.list.rows[0])));
  const write = may("ticket:write");
  useShortcuts([
    { keys: "j", words: "keys-next", run: () => move(1) },
    { keys: "k", words: "keys-previous", run: () => move(-1) },
    { keys: "o", words: "keys-open", run: () => chosen && go(link(["tickets", chosen.id], { view })) },
    { keys: "Enter", words: "keys-open", run: () => chosen && go(link(["tickets", chosen.id], { view })) },
    { keys: "x", words: "keys-mark", run: () => chosen && mark(chosen.id) },
    { keys: "m", words: "keys-mark-range", run: () => chosen && mark(chosen.id, true) },
    { keys: "Escape", words: "keys-unmark", run: () => setMarked(new Set()) },
    { keys: "e", words: "keys-solve", run: () => change({ state: "solved" }) },
    { keys: "i", words: "keys-assign-me", run: () => change({ assignee_id: current().user?.id }) },
    { keys: "#", words: "keys-tag", run: () => void ask("tags") },
    { keys: "s", words: "keys-snooze", run: () => void ask("snooze") },
    { keys: "b", words: "keys-change", run: () => void ask("all") },
    { keys: "c", words: "ticket-open", run: () => write && setAsking("opening") },
    { keys: ".", words: "keys-reveal", run: reveal },
  ]);
  const latest = useRef({ mark });
  latest.current = { mark };
  const render = useDrawn((/** @type {Row} */ row) => ({
    row, names, to: link(["tickets", row.id], { view }), others: others.get(row.id),
    mailbox: boxes.length > 1 ? boxes.find(({ id }) => id === row.mailbox_id)?.address : null,
    chosen: row === chosen, marked: marked.has(row.id),
  }), {
    onMark: (/** @type {string} */ id, /** @type {boolean} */ range) => latest.current.mark(id, range),
    onFocus: (/** @type {string} */ id) => ((list.at = id), setFailures((now) => [...now])),
  });
  return html`${bar(html`
      <${Button} kind="quiet" icon="refresh" label=${t("action-refresh")} onClick=${() => list.load()} />
      ${write ? html`<${Button} kind="primary" icon="add" label=${t("ticket-open")} shortcut="c" onClick=${() => setAsking("opening")}><span class="bar__words">${t("ticket-open")}</span><//>` : null}`)}
    <div class="queue__told" role="status" aria-live="polite">
      ${connected ? null : html`<p class="notice notice--warning queue__notice">${t("queue-offline")}</p>`}
      ${held.length > 0 ? html`<button type="button" class="queue__new" onClick=${reveal}>${t("queue-new", { count: held.length })}</button>` : null}
    </div>
    ${marked.size > 0 || asking === "all" || asking === "tags" || asking === "snooze" || failures.length > 0
      ? html`<${Part} load=${PARTS.bulk} name="Bulk" rows=${meant} marked=${marked.size} asking=${asking} failures=${failures} people=${names}
          onChange=${change} onAsk=${setAsking} onMarkAll=${() => setMarked(new Set(rows.map(({ id }) => id)))} onUnmark=${() => setMarked(new Set())} onClose=${() => (setAsking(""), setFailures([]))} />`
      : null}
    ${asking === "opening" ? html`<${Part} load=${PARTS.opening} name="NewTicket" boxes=${boxes} onClose=${() => setAsking("")} />` : null}
    ${list.problem ? html`<p class="notice notice--problem queue__notice" role="alert">${explain(list.problem)} <${Button} onClick=${() => (rows.length > 0 && !list.stale ? list.more() : list.load())}>${t("action-again")}<//></p>` : null}
    ${list.state !== "shown"
      ? list.problem ? null : html`<${Waiting} />`
      : rows.length === 0
        ? current().user?.mailbox_ids.length === 0 ? html`<${Part} load=${PARTS.start} name="NoMailbox" />` : html`<div class="empty"><${Icon} name="inbox" /><p>${t(view === "mine" ? "queue-empty-mine" : "queue-empty")}</p>${view === "mine" ? html`<a href=${link(["tickets"], { view: "unassigned" })}>${t("queue-empty-take")}</a>` : null}</div>`
        : html`<${Blocks} rows=${rows} render=${render} label=${t("queue-label")} onEnd=${next && !list.problem ? () => void list.more() : null} />`}
    ${next && list.state === "shown" ? html`<p class="queue__more"><${Button} busy=${list.growing} onClick=${() => void list.more()}>${t("queue-more")}<//></p>` : null}`;
}

/**
 * Draw rows, and draw only those anew that are shown otherwise than before: what comes by the feed costs what changed.
 * @param {(row: Row) => Record<string, any>} shown what a row shows @param {{ onMark: (id: string, range: boolean) => void, onFocus: (id: string) => void }} act
 */
function useDrawn(shown, { onMark, onFocus }) {
  const drawn = useRef(/** @type {Map<string, { props: any[], row: any }>} */ (new Map()));
  const before = drawn.current;
  drawn.current = new Map();
  const moment = [language(), timeZone(), Math.floor(Date.now() / MINUTE_MS)]; // "in 5 minutes" is true for a minute
  return (/** @type {Row} */ row) => {
    const what = shown(row);
    const props = [...Object.values(what), ...moment];
    const known = before.get(row.id);
    const same = known?.props.every((one, n) => one === props[n]);
    const made = known && same ? known.row
      : html`<${TicketRow} key=${row.id} ...${what} onMark=${(/** @type {boolean} */ range) => onMark(row.id, range)} onFocus=${() => onFocus(row.id)} />`;
    drawn.current.set(row.id, { props, row: made });
    return made;
  };
}

/**
 * The row that keys act on. When it leaves, the one that comes to its place is next, and gets the focus that it had.
 * @param {import("../app/worklist.js").Worklist} list @param {Row[]} rows
 */
function useChosen(list, rows) {
  const was = useRef(0);
  const found = rows.findIndex(({ id }) => id === list.at);
  const left = list.at !== null && found < 0 && list.state === "shown";
  const chosen = rows[found >= 0 ? found : Math.min(was.current, rows.length - 1)];
  if (found >= 0) was.current = found;
  useEffect(() => {
    if (!left || !chosen) return;
    list.at = chosen.id;
    if (nowhere()) document.getElementById(`row-${chosen.id}`)?.focus();
  }, [left, chosen]);
  return list.at === null ? undefined : chosen;
}

function Waiting() {
  return html`<div class="queue" role="status" aria-label=${t("loading")}>
    ${Array.from({ length: 8 }, (_, index) => html`<div key=${index} class="ticket-row"><span class="skeleton" style=${{ gridColumn: "1 / -1", inlineSize: `${40 + ((index * 17) % 45)}%` }}></span></div>`)}
  </div>`;
}
