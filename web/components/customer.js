/** Who wrote: their name and addresses, what else they asked, and how they were helped. */

import { get } from "../app/api.js";
import { explain, t } from "../app/locale.js";
import { current, may } from "../app/session.js";
import { relative } from "../app/time.js";
import { useLoaded } from "../app/use.js";
import { html } from "./html.js";
import { State } from "./state.js";

const SHOWN = 6;

/** @param {{ ticket: any }} props */
export function Customer({ ticket }) {
  // By break-glass one reads the ticket, and no more of who wrote.
  const glass = current().user?.glass?.includes(ticket.mailbox_id);
  const id = may("customer:read") && !glass ? ticket.customer_id : null;
  const known = useLoaded(async (signal) => (id ? get(`/api/tickets/customers/${id}`, { signal }) : null), [id]);
  const others = useLoaded(async (signal) => (id ? get(`/api/tickets/customers/${id}/tickets?limit=${SHOWN + 1}`, { signal }) : { items: [] }), [id, ticket.version]);
  const rating = useLoaded(async (signal) => (ticket.rating ? get(`/api/tickets/${ticket.id}/rating`, { signal }) : null), [ticket.id, ticket.rating]);
  if (!ticket.customer) return null;
  const customer = known.value?.customer;
  const addresses = known.value?.addresses ?? [];
  const tickets = (others.value?.items ?? []).filter((/** @type {any} */ one) => one.id !== ticket.id).slice(0, SHOWN);
  return html`<section class="stack-small" aria-labelledby="side-customer">
    <h2 class="side__heading" id="side-customer">${t("side-customer")}</h2>
    <p><strong>${id ? html`<a href=${`#/customers/${id}`} dir="auto">${customer?.name || ticket.customer.name || t("customer-unknown")}</a>` : html`<span dir="auto">${ticket.customer.name || t("customer-unknown")}</span>`}</strong></p>
    ${customer?.organisation ? html`<p class="soft" dir="auto">${customer.organisation}</p>` : null}
    <ul>${(addresses.length > 0 ? addresses : [ticket.customer.address]).map((/** @type {string} */ address) => html`<li key=${address} class="soft"><bdi>${address}</bdi></li>`)}</ul>
    ${known.value?.phone ? html`<p class="soft"><bdi>${known.value.phone}</bdi></p>` : null}
    ${ticket.rating
      ? html`<p class="row"><span class=${ticket.rating === "good" ? "chip chip--success" : "chip chip--danger"}>${t(`rating-${ticket.rating}`)}</span></p>
          ${rating.value?.comment ? html`<blockquote class="elsewhere" dir="auto">${rating.value.comment}</blockquote>` : null}`
      : null}
    ${others.problem ? html`<p class="soft">${explain(others.problem)}</p>` : null}
    ${tickets.length > 0
      ? html`<h3 class="side__heading soft">${t("customer-tickets")}</h3>
          <ul class="related">${tickets.map(
            (/** @type {any} */ one) => html`<li key=${one.id}><a href=${`#/tickets/${one.id}`}><span dir="auto">${one.subject || t("subject-none")}</span></a>
              <span class="soft row"><bdi class="code">${one.code}</bdi> <${State} state=${one.state} /> ${relative(one.last_message_at)}</span></li>`,
          )}</ul>`
      : null}
  </section>`;
}
