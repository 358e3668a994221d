/** What a search found: each ticket with why it was found, and which mailboxes did not answer. */

import { useEffect } from "preact/hooks";
import { get } from "../app/api.js";
import { useDirectory } from "../app/directory.js";
import { showFound } from "../app/found.js";
import { explain, t } from "../app/locale.js";
import { go, link, settle } from "../app/router.js";
import { useLoaded, useShortcuts } from "../app/use.js";
import { Blocks } from "../components/blocks.js";
import { Button } from "../components/button.js";
import { Check } from "../components/field.js";
import { html } from "../components/html.js";
import { Icon } from "../components/icon.js";
import { Search } from "../components/search.js";
import { TicketRow } from "../components/ticket_row.js";

/** @param {{ place: import("../app/router.js").Place, menu: any }} props */
export function Found({ place, menu }) {
  const words = place.query.get("q") ?? "";
  const advanced = place.query.get("advanced") === "true";
  const mailbox = place.query.get("mailbox_id") ?? "";
  const query = new URLSearchParams({ q: words, advanced: String(advanced), ...(mailbox ? { mailbox_id: mailbox } : {}) });
  const found = useLoaded((signal) => get(`/api/content/search?${query}`, { signal }), [query.toString()]);
  const names = new Map(useDirectory("people").map((one) => [one.id, one.name ?? ""]));
  const boxes = useDirectory("mailboxes");
  const hits = /** @type {any[]} */ (found.value?.items ?? []);
  const again = (/** @type {Record<string, string | null>} */ other) => go(link(["tickets"], { q: words, advanced: advanced ? "true" : null, mailbox_id: mailbox, ...other }));
  useEffect(() => showFound(hits.map(({ ticket }) => ticket)), [found.value]);
  useEffect(() => {
    const only = hits.length === 1 && hits[0].matched.includes("code") ? hits[0].ticket : null;
    if (!only) return;
    settle(link(["tickets", only.id]));
    dispatchEvent(new HashChangeEvent("hashchange"));
  }, [found.value]);
  const move = (/** @type {number} */ by) => {
    const links = [...document.querySelectorAll("a.ticket-row__subject")];
    const at = links.indexOf(/** @type {Element} */ (document.activeElement));
    /** @type {HTMLElement | undefined} */ (links[Math.max(0, Math.min(links.length - 1, at + by))])?.focus();
  };
  useShortcuts([
    { keys: "j", words: "keys-next", run: () => move(1) },
    { keys: "k", words: "keys-previous", run: () => move(-1) },
    { keys: "o", words: "keys-open", run: () => document.activeElement instanceof HTMLAnchorElement && document.activeElement.matches(".ticket-row__subject") && document.activeElement.click() },
  ]);
  const nameOf = (/** @type {string} */ id) => boxes.find((one) => one.id === id)?.address ?? t("found-a-mailbox");
  return html`<header class="bar">
      ${menu}
      <h1 class="bar__title">${t("search-title")}</h1>
      <${Search} words=${words} advanced=${advanced} />
      <${Button} kind="quiet" icon="close" label=${t("search-end")} onClick=${() => go(link(["tickets"]))} />
    </header>
    <div class="filters">
      ${boxes.length > 1
        ? html`<select class="input" aria-label=${t("filter-mailbox")} value=${mailbox} onChange=${(/** @type {any} */ event) => again({ mailbox_id: event.target.value })}>
            <option value="">${t("filter-any-mailbox")}</option>${boxes.map((one) => html`<option key=${one.id} value=${one.id}>${one.address ?? t("mailbox-gone")}</option>`)}
          </select>`
        : null}
      <${Check} label=${t("search-advanced")} checked=${advanced} onChange=${() => again({ advanced: advanced ? null : "true" })} />
      ${advanced ? html`<span class="soft">${t("search-advanced-hint")} <bdi><code>from: has:attachment older_than:7d</code></bdi></span>` : null}
    </div>
    ${found.problem ? html`<p class="notice notice--problem queue__notice" role="alert">${explain(found.problem)} <${Button} onClick=${found.reload}>${t("action-again")}<//></p>` : null}
    <div role="status" aria-live="polite">
      ${found.loading ? html`<p class="queue__notice soft">${t("search-running")}</p>` : found.value ? html`<p class=${hits.length > 0 ? "queue__notice soft" : "visually-hidden"}>${t("search-count", { count: hits.length })}</p>` : null}
      ${(found.value?.unanswered ?? []).map((/** @type {any} */ one) => html`<p key=${one.mailbox_id} class="notice notice--warning queue__notice"><${Icon} name="alert" /> ${t("search-unanswered", { mailbox: nameOf(one.mailbox_id) })} ${explain(one)}</p>`)}
    </div>
    ${found.value && hits.length === 0 ? html`<div class="empty"><${Icon} name="search" /><p>${t("search-empty")}</p></div>` : null}
    <${Blocks} rows=${hits} label=${t("search-title")} onEnd=${null}
      render=${(/** @type {any} */ { ticket, matched }) => html`<${TicketRow} key=${ticket.id} row=${ticket} to=${link(["tickets", ticket.id])} names=${names} why=${matched} mailbox=${boxes.length > 1 ? nameOf(ticket.mailbox_id) : null} />`} />
    ${found.value?.more ? html`<p class="queue__more soft">${t("search-more")}</p>` : null}`;
}
