/** Another password in the place of one's own; every other browser is signed out. */

import { useRef, useState } from "preact/hooks";
import { post } from "../../app/api.js";
import { explain, t } from "../../app/locale.js";
import { Button } from "../../components/button.js";
import { Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { proved } from "../../components/step_up.js";
import { say } from "../../components/toasts.js";

/** @param {{ email: string }} props */
export function Password({ email }) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    const typed = new FormData(/** @type {HTMLFormElement} */ (form.current));
    if (typed.get("password") !== typed.get("again")) return setProblem(t("link-differ"));
    setBusy(true);
    setProblem("");
    try {
      await proved(() => post("/api/account/password", { current: typed.get("current"), password: typed.get("password") }));
      form.current?.reset();
      say(t("password-changed"));
    } catch (error) {
      setProblem(explain(error));
    }
    setBusy(false);
  };
  return html`<form class="box" ref=${form} onSubmit=${submit}>
    <h2>${t("password-title")}</h2>
    <input type="email" autocomplete="username" value=${email} hidden readonly />
    <${Field} label=${t("password-current")} name="current" type="password" autocomplete="current-password" dir="ltr" required />
    <${Field} label=${t("link-password")} name="password" type="password" autocomplete="new-password" minlength="12" dir="ltr" required hint=${t("link-hint")} />
    <${Field} label=${t("link-again")} name="again" type="password" autocomplete="new-password" dir="ltr" required problem=${problem} />
    <div class="row"><${Button} kind="primary" type="submit" busy=${busy}>${t("password-change")}<//></div>
  </form>`;
}
