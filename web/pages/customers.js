/** Customers: finding one, and one with what is known of them. */

import { useEffect, useState } from "preact/hooks";
import { get } from "../app/api.js";
import { explain, t } from "../app/locale.js";
import { link } from "../app/router.js";
import { short } from "../app/time.js";
import { useLoaded } from "../app/use.js";
import { Button } from "../components/button.js";
import { Field } from "../components/field.js";
import { html } from "../components/html.js";
import { CustomerPage } from "./customers/customer.js";

const ASKED_AFTER_MS = 350;

/** @param {{ menu: any, place: import("../app/router.js").Place }} props */
export function Customers({ menu, place }) {
  const id = place.parts[1];
  return id ? html`<${CustomerPage} key=${id} id=${id} menu=${menu} />` : html`<${List} menu=${menu} />`;
}

/** @param {{ menu: any }} props */
function List({ menu }) {
  const [typed, setTyped] = useState("");
  const [wanted, setWanted] = useState("");
  const [more, setMore] = useState(/** @type {{ items: any[], next: string | null } | null} */ (null));
  const [problem, setProblem] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setWanted(typed.trim()), ASKED_AFTER_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const query = (/** @type {Record<string, string>} */ extra = {}) => `/api/tickets/customers?${new URLSearchParams({ limit: "50", ...(wanted ? { q: wanted } : {}), ...extra })}`;
  const list = useLoaded(async (signal) => {
    const first = await get(query(), { signal });
    setMore(null);
    return first;
  }, [wanted]);
  const rows = [...(list.value?.items ?? []), ...(more?.items ?? [])];
  const next = more ? more.next : list.value?.next;
  const grow = () => {
    setProblem("");
    get(query({ cursor: /** @type {string} */ (next) })).then(
      (page) => setMore({ items: [...(more?.items ?? []), ...page.items], next: page.next }),
      (error) => setProblem(explain(error)),
    );
  };
  const wrong = list.problem ? explain(list.problem) : problem;
  return html`<header class="bar">${menu}<h1 class="bar__title">${t("place-customers")}</h1></header>
    <div class="page" aria-busy=${list.loading}>
      <${Field} label=${t("customers-search")} type="search" dir="auto" maxlength="320" autocomplete="off" value=${typed} hint=${t("customers-search-hint")} onInput=${(/** @type {any} */ event) => setTyped(event.target.value)} />
      ${wrong ? html`<p class="notice notice--problem" role="alert">${wrong}</p>` : null}
      <p class="soft" role="status">${list.value && rows.length === 0 && !list.loading ? t("customers-none") : ""}</p>
      ${rows.length > 0
        ? html`<ul class="box">${rows.map(
            (one) => html`<li key=${one.id} class="customer-row">
              <span class="customer-row__who"><a href=${link(["customers", one.id])}><span dir="auto">${one.name || one.address || t("customer-erased")}</span></a>
                ${one.name && one.address ? html`<bdi class="soft">${one.address}</bdi>` : null}${one.organisation ? html`<span class="soft" dir="auto">${one.organisation}</span>` : null}</span>
              <span class="soft">${short(one.created_at)}</span></li>`,
          )}</ul>`
        : null}
      ${next ? html`<div class="row"><${Button} onClick=${grow}>${t("customers-more")}<//></div>` : null}
    </div>`;
}
