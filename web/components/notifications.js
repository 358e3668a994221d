/** The list of what one was told: opening one has read it. */

import { useState } from "preact/hooks";
import { get, post } from "../app/api.js";
import { explain, t } from "../app/locale.js";
import { go, link } from "../app/router.js";
import { full, relative } from "../app/time.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { say } from "./toasts.js";

/** Where what is told of no ticket stands. @type {Record<string, (one: any) => string[]>} */
const PLACES = {
  mail_missing: (one) => ["admin", "proofs", one.mailbox_id],
  data_requested: () => ["admin", "privacy"],
  data_request_due: () => ["admin", "privacy"],
  log_checkpoint: () => ["admin", "audit"],
};
/** @param {any} one */
const whereOf = (one) => link(one.ticket_id ? ["tickets", one.ticket_id] : (PLACES[one.kind]?.(one) ?? ["mailboxes"]));

/** @param {{ told: { items: any[], next: string | null, unread: number } | null, onUnread: (unread: number) => void, onClose: () => void }} props */
export function Notifications({ told, onUnread, onClose }) {
  const [older, setOlder] = useState(/** @type {{ items: any[], next: string | null } | null} */ (null));
  const items = [...(told?.items ?? []), ...(older?.items ?? [])];
  const next = older ? older.next : (told?.next ?? null);
  const read = async (/** @type {string[] | null} */ ids) => {
    try {
      onUnread((await post("/api/tickets/notifications/read", ids ? { ids } : {})).unread);
    } catch (error) {
      say(explain(error), { kind: "problem" });
    }
  };
  const more = async () => {
    try {
      const page = await get(`/api/tickets/notifications?limit=30&cursor=${encodeURIComponent(next ?? "")}`);
      setOlder({ items: [...(older?.items ?? []), ...page.items], next: page.next });
    } catch (error) {
      say(explain(error), { kind: "problem" });
    }
  };
  const open = (/** @type {any} */ one) => {
    onClose();
    go(whereOf(one));
    if (one.unread) void read([one.id]);
  };
  return html`<${Dialog} title=${t("notifications-title")} onClose=${onClose}
    actions=${told && told.unread > 0 ? html`<${Button} onClick=${() => read(null)}>${t("notifications-read-all")}<//>` : null}>
    ${items.length === 0 ? html`<p class="soft">${t("notifications-none")}</p>` : null}
    <ul class="told">
      ${items.map(
        (one) => html`<li key=${one.id} class=${one.unread ? "told__one told__one--unread" : "told__one"}>
          <a class="told__link" href=${whereOf(one)} onClick=${(/** @type {Event} */ event) => (event.preventDefault(), open(one))}>
            ${one.unread ? html`<span class="visually-hidden">${t("notifications-is-unread")} </span>` : null}
            <span>${t(`notification-${one.kind}`)}</span>
            ${one.ticket_id ? html`<span class="told__subject"><span dir="auto">${one.subject || t("subject-none")}</span></span>` : null}
          </a>
          <span class="soft">${one.code ? html`<bdi>${one.code}</bdi> · ` : null}<time datetime=${one.created_at} title=${full(one.created_at)}>${relative(one.created_at)}</time></span>
        </li>`,
      )}
    </ul>
    ${next ? html`<${Button} onClick=${more}>${t("notifications-older")}<//>` : null}
  <//>`;
}
