/** Of what one is told, and how. */

import { useState } from "preact/hooks";
import { get, patch } from "../../app/api.js";
import { explain, t } from "../../app/locale.js";
import { may } from "../../app/session.js";
import { useLoaded } from "../../app/use.js";
import { Check, Choice } from "../../components/field.js";
import { html } from "../../components/html.js";
import { say } from "../../components/toasts.js";

const KINDS = ["mentioned", "assigned", "team_assigned", "answered", "reply_failed", "sla_breached", "snooze_ended", "log_checkpoint"];
/** What only some are told of, and by what right. @type {Record<string, string>} */
const ONLY_FOR = { log_checkpoint: "audit:read" };
const CHANNELS = ["mail", "page", "none"];

export function Notifications() {
  const chosen = useLoaded((signal) => get("/api/account/notifications", { signal }), []);
  const [busy, setBusy] = useState(false);
  /** @param {Record<string, string>} change */
  const choose = async (change) => {
    setBusy(true);
    try {
      // One's profile has the same version: what was saved there meanwhile is no quarrel.
      const { version } = await get("/api/account/notifications");
      chosen.set(await patch("/api/account/notifications", change, version));
      say(t("saved"));
    } catch (error) {
      say(explain(error), { kind: "problem" });
      await chosen.reload();
    }
    setBusy(false);
  };
  const now = chosen.value;
  return html`<section class="box" aria-busy=${busy}>
    <h2>${t("told-title")}</h2>
    ${chosen.problem ? html`<p class="notice notice--problem" role="alert">${explain(chosen.problem)}</p>` : null}
    ${now
      ? html`<${Check} label=${t("told-mail")} checked=${now.mail === "at_once"} onChange=${(/** @type {any} */ event) => choose({ mail: event.target.checked ? "at_once" : "off" })} />
          ${KINDS.filter((kind) => !(kind in ONLY_FOR) || may(ONLY_FOR[kind])).map(
            (kind) => html`<${Choice} key=${kind} label=${t(`notification-${kind}`)} value=${now[kind]} onChange=${(/** @type {any} */ event) => choose({ [kind]: event.target.value })}
              options=${CHANNELS.map((value) => ({ value, words: t(`told-${value === "mail" ? (now.mail === "off" ? "mail-off" : "by-mail") : value}`) }))} />`,
          )}`
      : null}
  </section>`;
}
