/** Which of the newest tickets a rule would change, and how. Nothing is written. */

import { post } from "../../app/api.js";
import { t } from "../../app/locale.js";
import { link } from "../../app/router.js";
import { useLoaded } from "../../app/use.js";
import { Dialog } from "../../components/dialog.js";
import { html } from "../../components/html.js";
import { Table } from "../../components/table.js";
import { Waiting } from "./parts.js";
import { changeWords } from "./rule_words.js";

/** @param {{ path: string, rule: any, names: any, onClose: () => void }} props */
export function RuleTrial({ path, rule, names, onClose }) {
  const trial = useLoaded((signal) => post(`${path}/${rule.id}/dry_run?limit=100`, undefined, { signal }), []);
  const { items = [], looked_at: looked = 0 } = trial.value ?? {};
  return html`<${Dialog} wide title=${t("rule-try-title", { name: rule.name })} onClose=${onClose}>
    <${Waiting} of=${trial} />
    ${trial.value ? html`<p role="status">${t("rule-try-found", { count: items.length, looked })}</p>` : null}
    ${items.length > 0
      ? html`<${Table}
          label=${t("rule-try-title", { name: rule.name })}
          columns=${[{ words: t("rule-try-ticket") }, { words: t("rule-try-changes") }]}
          rows=${items.map((/** @type {any} */ one) => ({
            key: one.ticket.id,
            cells: [
              html`<a href=${link(["tickets", one.ticket.id])}><bdi>${one.ticket.code}</bdi></a> <span dir="auto">${one.ticket.subject ?? t("subject-none")}</span>`,
              html`${one.changes.map((/** @type {any} */ change) => html`<div key=${change.field} dir="auto">${changeWords(change, names)}</div>`)}
                ${one.note ? html`<div>${t("rule-try-note")}</div>` : null} ${one.changes.length === 0 && !one.note ? html`<span class="soft">${t("rule-try-same")}</span>` : null}`,
            ],
          }))}
        />`
      : null}
  <//>`;
}
