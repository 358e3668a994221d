/** The frame around every page: the rail with views and places, and what is shown beside it. */

import { useEffect, useRef, useState } from "preact/hooks";
import { sectionsFor } from "../app/administration.js";
import { get } from "../app/api.js";
import { keep, kept, showTheme } from "../app/appearance.js";
import { explain, t } from "../app/locale.js";
import { go, link } from "../app/router.js";
import { may, signOut } from "../app/session.js";
import { number } from "../app/time.js";
import { useFeed } from "../app/live.js";
import { useEvery, useLoaded, useShortcuts } from "../app/use.js";
import { Button } from "../components/button.js";
import { html } from "../components/html.js";
import { Icon } from "../components/icon.js";
import { Lazy } from "../components/lazy.js";
import { Part } from "../components/part.js";
import { say } from "../components/toasts.js";
import { Queue } from "./queue.js";

const PAGES = {
  ticket: () => import("./ticket.js"),
  mailboxes: () => import("./mailboxes.js"),
  account: () => import("./account.js"),
  customers: () => import("./customers.js"),
  admin: () => import("./admin/administration.js"),
};
const PARTS = {
  glass: () => import("../components/glass_banner.js"),
  bell: () => import("../components/bell.js"),
  keys: () => import("../components/keys.js"),
  proof: () => import("../components/step_up.js"),
  views: () => import("../components/view_editor.js"),
  rail: () => import("../components/leaving.js"),
};
const OTHERS = ["mailboxes", "admin", "account"];
const COUNTED_EVERY_MS = 60_000;
const COUNTED_AFTER_MS = 2_000;
/** The second key after "g", by view. */
const VIEW_KEYS = { m: "mine", u: "unassigned", a: "all_open", p: "pending", z: "snoozed", b: "breached", s: "solved" };

/** @param {{ place: import("../app/router.js").Place, user: import("../app/session.js").User | null }} props */
export function Shell({ place, user }) {
  const [open, setOpen] = useState(false);
  const [keys, setKeys] = useState(false);
  const views = useViews();
  useEffect(() => setOpen(false), [place]);
  useShortcuts([
    { keys: "?", words: "keys-help", run: () => setKeys(true) },
    { keys: "/", words: "keys-search", run: () => document.getElementById("search")?.focus() },
    ...Object.entries(VIEW_KEYS).map(([key, view]) => ({ keys: `g ${key}`, words: `view-${view}`, run: () => go(link(["tickets"], { view })) })),
  ]);
  const asked = place.parts[0] ?? "tickets";
  // Whoever reads no tickets begins with what they may do.
  const where = may("ticket:read") || OTHERS.includes(asked) ? asked : sectionsFor(may)[0] ? "admin" : "account";
  return html`<div class="shell">
    <a class="skip" href="#main" onClick=${(/** @type {Event} */ event) => (event.preventDefault(), document.getElementById("main")?.focus())}>${t("skip")}</a>
    <nav class=${open ? "rail rail--open" : "rail"} aria-label=${t("rail-label")}>
      <a class="rail__mark" href="#/tickets"><${Icon} name="mail" /> ${t("desk-title")}</a>
      <div class="rail__group rail__group--bell"><${Part} load=${PARTS.bell} name="Bell" /></div>
      ${may("ticket:read") ? html`<${Views} views=${views.value?.items ?? []} place=${place} onChange=${views.reload} />` : null}
      <div class="rail__group">
        ${may("customer:read") ? html`<${Place} name="customers" icon="people" where=${where} />` : null}
        ${may("mailbox:read") ? html`<${Place} name="mailboxes" icon="inbox" where=${where} />` : null}
        ${sectionsFor(may).length > 0 ? html`<${Place} name="admin" icon="shield" where=${where} />` : null}
        <${Place} name="account" icon="gear" where=${where} />
      </div>
      <div class="rail__foot">
        <span class="soft"><bdi>${user?.name || user?.email}</bdi></span>
        <${Button} kind="quiet" onClick=${() => setKeys(true)}>${t("keys-title")}<//>
        <${Theme} />
        <${Button} kind="quiet" onClick=${() => signOut().catch((error) => say(explain(error), { kind: "problem" }))}>${t("sign-out")}<//>
      </div>
      ${open ? html`<${Part} load=${PARTS.rail} name="OpenRail" onClose=${() => setOpen(false)} />` : null}
    </nav>
    <main class="main" id="main" tabindex="-1">
      ${user?.glass?.length ? html`<${Part} load=${PARTS.glass} name="GlassBanner" />` : null}
      <${Page} place=${place} where=${where} views=${views.value?.items ?? []} problem=${views.problem} onViews=${views.reload} menu=${html`<span class="bar__menu"><${Button} kind="quiet" icon="menu" label=${t("rail-open")} aria-expanded=${String(open)} onClick=${() => setOpen(!open)} /></span>`} />
    </main>
    <${Part} load=${PARTS.proof} name="StepUp" />
    ${keys ? html`<${Part} load=${PARTS.keys} name="Keys" onClose=${() => setKeys(false)} />` : null}
  </div>`;
}

/** The views with their counts, counted anew soon after something changed. */
function useViews() {
  const views = useLoaded((signal) => (may("ticket:read") ? get("/api/tickets/views?counts=true", { signal }) : Promise.resolve({ items: [] })), []);
  const soon = useRef(/** @type {ReturnType<typeof setTimeout> | null} */ (null));
  useFeed(() => {
    soon.current ??= setTimeout(() => ((soon.current = null), void views.reload()), COUNTED_AFTER_MS);
  });
  useEvery(() => void views.reload(), COUNTED_EVERY_MS);
  return views;
}

/** @param {{ place: import("../app/router.js").Place, where: string, views: any[], problem: unknown, onViews: () => void, menu: any }} props */
function Page({ place, where, views, problem, onViews, menu }) {
  if (where === "tickets" && place.parts[1]) 
    return html`<${Lazy} key=${place.parts[1]} load=${PAGES.ticket} name="Ticket" id=${place.parts[1]} place=${place} menu=${menu} />`;
  if (where === "mailboxes") return html`<${Lazy} key=${where} load=${PAGES.mailboxes} name="Mailboxes" place=${place} menu=${menu} />`;
  if (where === "admin") return html`<${Lazy} key=${where} load=${PAGES.admin} name="Administration" place=${place} menu=${menu} />`;
  if (where === "customers" && may("customer:read")) return html`<${Lazy} key=${where} load=${PAGES.customers} name="Customers" place=${place} menu=${menu} />`;
  if (where === "account") return html`<${Lazy} key=${where} load=${PAGES.account} name="Account" menu=${menu} />`;
  return html`<${Queue} place=${place} views=${views} problem=${problem} onViews=${onViews} menu=${menu} />`;
}

/** @param {{ views: any[], place: import("../app/router.js").Place, onChange: () => Promise<void> }} props */
function Views({ views, place, onChange }) {
  const [ordering, setOrdering] = useState(false);
  const chosen = place.query.get("view") ?? "all_open";
  const inQueue = (place.parts[0] ?? "tickets") === "tickets";
  return html`<div class="rail__group">
    <h2 class="rail__heading">${t("views-heading")}</h2>
    ${views.map(
      (view) => html`<a
        key=${view.id}
        class="rail__link"
        href=${link(["tickets"], { view: view.id })}
        aria-current=${inQueue && view.id === chosen ? "page" : undefined}
      >
        <span dir="auto">${view.built_in ? t(`view-${view.id}`) : view.name}</span>
        ${view.count === null || view.count === undefined
          ? null
          : html`<span class="rail__count">${number(view.count)}${view.more ? "+" : ""}</span>`}
      </a>`,
    )}
    ${views.some(({ changeable }) => changeable)
      ? html`<button type="button" class="rail__link rail__link--soft" aria-haspopup="dialog" onClick=${() => setOrdering(true)}>${t("views-order")}</button>`
      : null}
    ${ordering ? html`<${Part} load=${PARTS.views} name="OrderViews" views=${views} onChange=${onChange} onClose=${() => setOrdering(false)} />` : null}
  </div>`;
}

/** @param {{ name: string, icon: string, where: string }} props */
function Place({ name, icon, where }) {
  return html`<a class="rail__link" href=${`#/${name}`} aria-current=${where === name ? "page" : undefined}>
    <${Icon} name=${icon} /> ${t(`place-${name}`)}
  </a>`;
}

function Theme() {
  const [theme, setTheme] = useState(kept("theme") ?? "system");
  const next = /** @type {Record<string, import("../app/appearance.js").Theme>} */ ({ system: "dark", dark: "light", light: "system" })[theme] ?? "system";
  return html`<${Button} kind="quiet" onClick=${() => (keep("theme", next), showTheme(next), setTheme(next))}>${t(`theme-${theme}`)}<//>`;
}
