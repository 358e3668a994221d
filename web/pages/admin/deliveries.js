/** How telling a webhook went, in the last seven days. */

import { get, post } from "../../app/api.js";
import { explain, has, t } from "../../app/locale.js";
import { full, number, relative } from "../../app/time.js";
import { useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { Dialog } from "../../components/dialog.js";
import { html } from "../../components/html.js";
import { Table } from "../../components/table.js";
import { useWork, Waiting } from "./parts.js";

/** What a receiver answered, or why nothing came. @param {{ status: number | null, reason: string | null }} one @returns {string} */
export function answered({ status, reason }) {
  if (status) return String(status);
  const key = `webhook-answer-${reason}`;
  return has(key) ? t(key) : reason ? explain({ code: reason }) : "";
}

/** @param {{ hook: any, onClose: () => void }} props */
export function Deliveries({ hook, onClose }) {
  const list = useLoaded((signal) => get(`/api/admin/webhooks/${hook.id}/deliveries?limit=50`, { signal }), []);
  const items = /** @type {any[]} */ (list.value?.items ?? []);
  const { busy, run } = useWork(list.reload);
  const again = (/** @type {string} */ id) => run(() => post(`/api/admin/webhooks/${hook.id}/deliveries/${id}/again`), { words: t("webhook-told-again"), loud: true });
  return html`<${Dialog} wide title=${t("webhook-deliveries-of", { name: hook.name })} onClose=${onClose} actions=${html`<${Button} icon="refresh" busy=${list.loading} onClick=${list.reload}>${t("action-refresh")}<//>`}>
    <${Waiting} of=${list} />
    ${list.value && items.length === 0 ? html`<p class="soft">${t("webhook-deliveries-none")}</p>` : null}
    ${items.length > 0
      ? html`<${Table}
          label=${t("webhook-deliveries-of", { name: hook.name })}
          columns=${[{ words: t("webhook-event") }, { words: t("webhook-outcome") }, { words: t("webhook-attempts"), number: true }, { words: t("webhook-answer") }, { words: t("webhook-at"), brief: true }, { words: t("webhook-again"), bare: true }]}
          rows=${items.map((one) => ({
            key: one.id,
            cells: [
              html`${t(`event-${one.action.replace(".", "-")}`)}<div class="soft"><bdi>${one.event_id}</bdi></div>`,
              html`${t(`webhook-outcome-${one.outcome}`)}${one.next_at ? html`<div class="soft" title=${full(one.next_at)}>${t("webhook-next", { when: relative(one.next_at) })}</div>` : null}`,
              number(one.attempts),
              answered(one),
              html`<span title=${full(one.at)}>${relative(one.at)}</span>`,
              hook.state === "active" ? html`<${Button} kind="quiet" busy=${busy} onClick=${() => again(one.id)}>${t("webhook-again")}<//>` : null,
            ],
          }))}
        />`
      : null}
  <//>`;
}
