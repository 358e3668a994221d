/** By which server a mailbox's replies go out. */

import { useState } from "preact/hooks";
import { get, patch, remove } from "../../app/api.js";
import { t } from "../../app/locale.js";
import { useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { html } from "../../components/html.js";
import { Box, FormDialog, Sure, useDraft, useWork, Waiting } from "./parts.js";
import { ServerFields, serverOf } from "./server.js";

/** @param {{ id: string, onSaved: () => Promise<void> }} props */
export function Sending({ id, onSaved }) {
  const path = `/api/admin/mailboxes/${id}/smtp`;
  const loaded = useLoaded((signal) => get(path, { signal }), [path]);
  const [asking, setAsking] = useState("");
  const { busy, problem, run } = useWork(loaded.reload);
  const { server, version } = loaded.value ?? {};
  const { draft, put, bind, setDraft } = useDraft(serverOf(null));
  const open = () => (setDraft(serverOf(server)), setAsking("server"));
  const close = () => (setAsking(""), void onSaved());
  const save = async () => (await run(() => patch(path, { ...draft, port: Number(draft.port) }, version), { words: t("sending-tested") })) && close();
  const gmail = async () => (await run(() => remove(path, { version }))) && close();
  return html`<${Box} title=${t("sending")} hint=${t("sending-hint")}>
    <${Waiting} of=${loaded} />
    ${loaded.value ? html`<p>${server ? html`${t("sending-smtp")} <bdi>${server.host}:${server.port}</bdi>, <bdi>${server.sender}</bdi>` : t("sending-gmail")}</p>` : null}
    ${loaded.value
      ? html`<div class="row">
          <${Button} onClick=${open}>${server ? t("sending-change") : t("sending-use-smtp")}<//>
          ${server ? html`<${Button} onClick=${() => setAsking("gmail")}>${t("sending-use-gmail")}<//>` : null}
        </div>`
      : null}
    ${asking === "server"
      ? html`<${FormDialog} title=${t("sending-use-smtp")} submit=${t("sending-test")} onClose=${() => setAsking("")} onSubmit=${save} busy=${busy} problem=${problem}><${ServerFields} draft=${draft} put=${put} bind=${bind} /><//>`
      : null}
    ${asking === "gmail" ? html`<${Sure} title=${t("sending-use-gmail")} words=${t("sending-gmail-what")} submit=${t("sending-use-gmail")} busy=${busy} problem=${problem} onClose=${() => setAsking("")} onDo=${gmail} />` : null}
  <//>`;
}
