/** Signing in: password, then the factor that is still owed; also over a page whose session has ended. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { post } from "../app/api.js";
import { LANGUAGES } from "../app/appearance.js";
import { chooseLanguage, explain, language, t } from "../app/locale.js";
import { canUsePasskeys, passkeyAddress, provePasskey } from "../app/passkeys.js";
import { current, forget, opened } from "../app/session.js";
import { Button } from "../components/button.js";
import { Field } from "../components/field.js";
import { html } from "../components/html.js";
import { Icon } from "../components/icon.js";

/** The factors in the order in which they are offered. */
const FACTORS = ["passkey", "totp", "email_otp", "recovery"];

/** @param {{ over?: boolean }} props over: the page below stays, with what was written in it */
export function SignIn({ over = false }) {
  const session = current();
  const half = session.state === "half";
  const inside = html`<main class="gate__box">
      <p class="gate__mark"><${Icon} name="mail" /> <span>${t("desk-title")}</span></p>
      ${over ? html`<p class="notice" role="status">${t("sign-in-ended")}</p>` : null}
      ${session.late ? html`<p class="notice notice--warning" role="alert">${t("sign-in-late")}</p>` : null}
      ${half ? html`<${Factor} needs=${session.needs} />` : html`<${Password} email=${over ? (session.user?.email ?? "") : ""} />`}
      <p class="gate__languages">
        ${LANGUAGES.map(
          (tag) => html`<${Button} key=${tag} kind="quiet" lang=${tag} pressed=${language() === tag} onClick=${() => chooseLanguage(tag)}>
            ${tag === "ar" ? "العربية" : "English"}
          <//>`,
        )}
      </p>
    </main>`;
  return over ? html`<${Over}>${inside}<//>` : html`<div class="gate">${inside}</div>`;
}

/** Before everything, also before another dialog; the focus goes back to where somebody wrote. @param {{ children?: any }} props */
function Over({ children }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const stand = () => dialog.current?.isConnected && !dialog.current.open && dialog.current.showModal();
  const [writing] = useState(() => document.activeElement);
  useLayoutEffect(() => {
    const shown = dialog.current;
    stand();
    return () => {
      shown?.close(); // under an open one nothing takes the focus
      if (writing instanceof HTMLElement) writing.focus();
    };
  }, []);
  return html`<dialog ref=${dialog} class="gate gate--over" aria-label=${t("sign-in-again")} onCancel=${(/** @type {Event} */ event) => event.preventDefault()} onClose=${stand}>${children}</dialog>`;
}

/** @param {{ email: string }} props */
function Password({ email }) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  /** @param {() => Promise<any>} work */
  const attempt = async (work) => {
    setBusy(true);
    setProblem("");
    try {
      opened(await work());
    } catch (error) {
      setProblem(explain(error));
      /** @type {any} */ (form.current)?.elements.password.select();
    } finally {
      setBusy(false);
    }
  };
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    event.preventDefault();
    const typed = new FormData(/** @type {HTMLFormElement} */ (event.target));
    void attempt(() => post("/api/session/", { email: typed.get("email"), password: typed.get("password") }));
  };
  if (asking) return html`<${Forgotten} onBack=${() => setAsking(false)} />`;
  return html`<form class="stack" ref=${form} onSubmit=${submit}>
    <h1 class="gate__title">${t("sign-in-title")}</h1>
    ${problem ? html`<p class="notice notice--problem" role="alert">${problem}</p>` : null}
    <${Field} label=${t("sign-in-email")} name="email" type="email" autocomplete="username" required defaultValue=${email} autofocus=${!email} />
    <${Field} label=${t("sign-in-password")} name="password" type="password" autocomplete="current-password" required autofocus=${Boolean(email)} />
    <${Button} kind="primary" type="submit" busy=${busy}>${t("sign-in-submit")}<//>
    ${canUsePasskeys()
      ? html`<${Button} icon="shield" onClick=${() => attempt(provePasskey)}>${t("sign-in-passkey")}<//>`
      : null}
    <${Button} kind="quiet" onClick=${() => setAsking(true)}>${t("sign-in-forgotten")}<//>
  </form>`;
}

/** @param {{ onBack: () => void }} props */
function Forgotten({ onBack }) {
  const [done, setDone] = useState(false);
  const [problem, setProblem] = useState("");
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    const typed = new FormData(/** @type {HTMLFormElement} */ (event.target));
    try {
      await post("/api/account/password/reset", { email: typed.get("email") });
      setDone(true);
    } catch (error) {
      setProblem(explain(error));
    }
  };
  return html`<form class="stack" onSubmit=${submit}>
    <h1 class="gate__title">${t("reset-title")}</h1>
    ${done
      ? html`<p class="notice" role="status">${t("reset-done")}</p>`
      : html`<${Field} label=${t("sign-in-email")} name="email" type="email" autocomplete="username" required autofocus problem=${problem} hint=${t("reset-hint")} />
          <${Button} kind="primary" type="submit">${t("reset-submit")}<//>`}
    <${Button} kind="quiet" icon="back" onClick=${onBack}>${t("action-back")}<//>
  </form>`;
}

/** @param {{ needs: string[] }} props one of these has to be proved */
function Factor({ needs }) {
  const offered = FACTORS.filter((factor) => needs.includes(factor));
  const [factor, setFactor] = useState(offered[0] ?? "email_otp");
  const [problem, setProblem] = useState("");
  const [sent, setSent] = useState(false);
  const [busy, setBusy] = useState(false);
  const [again, setAgain] = useState(0);
  const send = () => {
    setProblem("");
    return post("/api/session/email_otp").then(
      () => setSent(true),
      (error) => setProblem(explain(error)),
    );
  };
  useEffect(() => void (factor === "email_otp" && send()), [factor]);
  const resend = async () => (setBusy(true), setSent(false), await send(), setAgain(again + 1), setBusy(false));
  /** @param {() => Promise<any>} work */
  const attempt = async (work) => {
    setBusy(true);
    setProblem("");
    try {
      opened(await work());
    } catch (error) {
      setProblem(explain(error));
    } finally {
      setBusy(false);
    }
  };
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    event.preventDefault();
    const code = new FormData(/** @type {HTMLFormElement} */ (event.target)).get("code");
    void attempt(() => post(`/api/session/${factor}/verify`, { code }));
  };
  return html`<form class="stack" key=${factor} onSubmit=${submit}>
    <h1 class="gate__title">${t("factor-title")}</h1>
    <p role="status">${factor === "email_otp" && !sent ? (problem ? "" : t("factor-email_otp-sending")) : again > 0 && factor === "email_otp" ? t("factor-email_otp-again") : t(`factor-${factor}`)}</p>
    ${factor === "passkey"
      ? html`${problem ? html`<p class="notice notice--problem" role="alert">${problem}</p>` : null}
          ${passkeyAddress() ? html`<p>${t("passkey-elsewhere")} <a href=${passkeyAddress()}><bdi>${passkeyAddress()}</bdi></a></p>` : canUsePasskeys() ? null : html`<p>${t("passkey-impossible")}</p>`}
          <${Button} kind="primary" icon="shield" busy=${busy} disabled=${!canUsePasskeys()} onClick=${() => attempt(provePasskey)}>${t("sign-in-passkey")}<//>`
      : html`<${Field} label=${t("factor-code")} name="code" inputmode=${factor === "recovery" ? "text" : "numeric"} autocomplete="one-time-code" dir="ltr" required autofocus problem=${problem} />
          <${Button} kind="primary" type="submit" busy=${busy}>${t("factor-submit")}<//>`}
    ${factor === "email_otp" ? html`<${Button} kind="quiet" icon="refresh" busy=${busy} onClick=${resend}>${t("factor-email_otp-resend")}<//>` : null}
    ${offered
      .filter((other) => other !== factor)
      .map((other) => html`<${Button} key=${other} kind="quiet" onClick=${() => (setProblem(""), setFactor(other))}>${t(`factor-use-${other}`)}<//>`)}
    <${Button} kind="quiet" icon="back" onClick=${forget}>${t("factor-other-person")}<//>
  </form>`;
}
