/** The first set-up: the server of the desk's own mail, before a password is chosen. It is tried out at once. */

import { useState } from "preact/hooks";
import { post } from "../app/api.js";
import { explain, t } from "../app/locale.js";
import { Button } from "../components/button.js";
import { html } from "../components/html.js";
import { useDraft } from "./admin/parts.js";
import { ServerFields, serverOf } from "./admin/server.js";

/** @param {{ token: string, onDone: () => void }} props */
export function SetUpServer({ token, onDone }) {
  const { draft, put, bind } = useDraft(serverOf(null));
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem("");
    try {
      await post("/api/admin/set_up/smtp", { token, server: { ...draft, port: Number(draft.port) } });
      onDone();
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };
  return html`<form class="stack" onSubmit=${submit}>
    <p>${t("set-up-server-why")}</p>
    <${ServerFields} draft=${draft} put=${put} bind=${bind} />
    ${problem ? html`<p class="notice notice--problem" role="alert">${problem}</p>` : null}
    <${Button} kind="primary" type="submit" busy=${busy}>${t("sending-test")}<//>
    <${Button} kind="quiet" onClick=${onDone}>${t("set-up-server-later")}<//>
  </form>`;
}
