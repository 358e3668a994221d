/** The server of the desk's own mail: invitations, codes, notifications. */

import { get, patch } from "../../app/api.js";
import { t } from "../../app/locale.js";
import { useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { html } from "../../components/html.js";
import { Box, useDraft, useWork, Waiting } from "./parts.js";
import { ServerFields, serverOf } from "./server.js";

export function OwnMail() {
  const loaded = useLoaded((signal) => get("/api/admin/organisation/smtp", { signal }), []);
  if (!loaded.value) return html`<${Waiting} of=${loaded} />`;
  return html`<${Server} server=${loaded.value.server} reload=${loaded.reload} />`;
}

/** @param {{ server: any, reload: () => Promise<void> }} props */
function Server({ server, reload }) {
  const { draft, put, bind } = useDraft(serverOf(server));
  const { busy, problem, run } = useWork(reload);
  const save = async () => (await run(() => patch("/api/admin/organisation/smtp", { ...draft, port: Number(draft.port) }, server?.version ?? 0), { words: t("smtp-tested") })) && put("password", "");
  return html`<${Box} title=${t("smtp-title")} hint=${t("smtp-hint")}>
    ${server ? null : html`<p class="notice notice--warning">${t("smtp-none")}</p>`}
    <form class="stack" onSubmit=${(/** @type {Event} */ event) => (event.preventDefault(), busy || save())}>
      <${ServerFields} draft=${draft} put=${put} bind=${bind} />
      ${problem ? html`<p class="notice notice--problem" role="alert">${problem}</p>` : null}
      <div class="row"><${Button} kind="primary" type="submit" busy=${busy}>${t("sending-test")}<//></div>
    </form>
  <//>`;
}
