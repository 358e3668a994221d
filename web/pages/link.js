/** A link from a mail: an invitation, a forgotten password, the first set-up. It ends with a password that was chosen. */

import { useEffect, useState } from "preact/hooks";
import { post } from "../app/api.js";
import { explain, t } from "../app/locale.js";
import { go } from "../app/router.js";
import { useLoaded } from "../app/use.js";
import { Button } from "../components/button.js";
import { Field } from "../components/field.js";
import { html } from "../components/html.js";
import { Part } from "../components/part.js";

const loadServer = () => import("./set_up_server.js");

/** @param {{ kind: string, token: string }} props */
export function Link({ kind, token }) {
  const { value: whose, problem } = useLoaded(() => post("/api/account/links", { kind, token }), [kind, token]);
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(false);
  const [server, setServer] = useState(kind === "set_up");
  useEffect(() => void (done && document.getElementById("enter")?.focus()), [done]);
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    const typed = new FormData(/** @type {HTMLFormElement} */ (event.target));
    if (typed.get("password") !== typed.get("again")) return setWrong(t("link-differ"));
    setBusy(true);
    setWrong("");
    try {
      await post("/api/account/links/password", { kind, token, password: typed.get("password") });
      setDone(true);
    } catch (error) {
      setWrong(explain(error));
    } finally {
      setBusy(false);
    }
  };
  return html`<div class="gate"><main class="gate__box">
    <h1 class="gate__title">${t(`link-${kind}`)}</h1>
    ${problem
      ? html`<p class="notice notice--problem" role="alert">${explain(problem)}</p>`
      : done
        ? html`<p class="notice" role="status">${t("link-done")}</p>
            <${Button} id="enter" kind="primary" onClick=${() => go("#/")}>${t("sign-in-submit")}<//>`
        : whose && server
          ? html`<${Part} load=${loadServer} name="SetUpServer" token=${token} onDone=${() => setServer(false)} />`
          : whose
            ? html`<form class="stack" onSubmit=${submit}>
              <p>${t("link-whose", { email: whose.email })}</p>
              <input type="email" autocomplete="username" value=${whose.email} hidden readonly />
              <${Field} label=${t("link-password")} name="password" type="password" autocomplete="new-password" minlength="12" required autofocus hint=${t("link-hint")} />
              <${Field} label=${t("link-again")} name="again" type="password" autocomplete="new-password" required problem=${wrong} />
              <${Button} kind="primary" type="submit" busy=${busy}>${t("link-submit")}<//>
            </form>`
            : html`<p>${t("loading")}</p>`}
  </main></div>`;
}
