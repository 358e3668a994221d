/** Who else looks at a ticket, or writes on it, at this moment. */

import { useEffect, useState } from "preact/hooks";
import { post, remove } from "../app/api.js";
import { t } from "../app/locale.js";
import { current } from "../app/session.js";
import { useEvery } from "../app/use.js";
import { html } from "./html.js";
import { Icon } from "./icon.js";

const HEARTBEAT_MS = 10_000;

/** Tell that this ticket is looked at, and learn who else does. @param {string} id @param {{ current: boolean }} typing @returns {any[]} */
export function usePresence(id, typing) {
  const [others, setOthers] = useState(/** @type {any[]} */ ([]));
  const glass = Boolean(current().user?.glass?.length); // break-glass changes nothing, and that is a change
  const beat = () => {
    if (glass) return;
    post(`/api/tickets/${id}/presence`, { typing: typing.current }).then(
      (answer) => setOthers(answer.others),
      () => {},
    );
  };
  useEffect(() => {
    beat();
    return () => void (!glass && remove(`/api/tickets/${id}/presence`).catch(() => {}));
  }, [id]);
  useEvery(beat, HEARTBEAT_MS);
  return others;
}

/** @param {{ others: any[], names: Map<string, string> }} props */
export function Others({ others, names }) {
  return html`<div role="status" aria-live="polite">
    ${others.map(
      (one) => html`<p key=${one.user_id} class="notice notice--warning others"><${Icon} name=${one.typing ? "note" : "eye"} />
        ${t(one.typing ? "others-typing" : "others-looking", { name: names.get(one.user_id) ?? t("somebody") })}</p>`,
    )}
  </div>`;
}
