/**
 * Proving again who one is, before something sensitive: `proved(work)` does the work, and where the desk wants a proof
 * first, asks for it and does the work once more.
 */

import { useEffect, useState } from "preact/hooks";
import { get, post, Problem } from "../app/api.js";
import { explain, t } from "../app/locale.js";
import { provePasskey } from "../app/passkeys.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";
import { Field } from "./field.js";
import { html } from "./html.js";

/** @typedef {{ done: () => void, given_up: () => void }} Asked */

/** @type {Asked | null} */
let asked = null;
/** @type {Set<(asked: Asked | null) => void>} */
const listeners = new Set();

/**
 * @template T
 * @param {() => Promise<T>} work may be done twice: before the proof it was refused
 * @returns {Promise<T>}
 */
export async function proved(work) {
  try {
    return await work();
  } catch (problem) {
    if (!(problem instanceof Problem) || problem.code !== "step_up.required") throw problem;
    await new Promise((/** @type {(value?: unknown) => void} */ done, given_up) => change({ done, given_up: () => given_up(problem) }));
    return work();
  }
}

/** @param {Asked | null} next */
function change(next) {
  asked = next;
  for (const tell of listeners) tell(next);
}

/** Stands once in the frame, and shows itself when a proof is wanted. */
export function StepUp() {
  const [wanted, setWanted] = useState(asked);
  useEffect(() => {
    listeners.add(setWanted);
    return () => void listeners.delete(setWanted);
  }, []);
  return wanted ? html`<${Proof} asked=${wanted} />` : null;
}

/** @param {{ asked: Asked }} props */
function Proof({ asked }) {
  const [factors, setFactors] = useState(/** @type {string[]} */ ([]));
  const [factor, setFactor] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    get("/api/session/").then(
      ({ step_up }) => (setFactors(step_up), setFactor(step_up[0] ?? "password")),
      (error) => setProblem(explain(error)),
    );
  }, []);
  useEffect(() => {
    if (factor === "email_otp") post("/api/session/email_otp").catch((error) => setProblem(explain(error)));
  }, [factor]);
  const attempt = async (/** @type {() => Promise<any>} */ work) => {
    setBusy(true);
    setProblem("");
    try {
      await work();
      change(null);
      asked.done();
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };
  const giveUp = () => (change(null), asked.given_up());
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    event.preventDefault();
    const typed = new FormData(/** @type {HTMLFormElement} */ (event.target)).get("proof");
    const ask = factor === "password" ? () => post("/api/session/step_up", { password: typed }) : () => post(`/api/session/${factor}/verify`, { code: typed });
    void attempt(ask);
  };
  return html`<${Dialog} title=${t("step-up-title")} onClose=${giveUp}>
    <p>${t("step-up-why")}</p>
    ${factor === "passkey"
      ? html`${problem ? html`<p class="notice notice--problem" role="alert">${problem}</p>` : null}<${Button} kind="primary" icon="shield" busy=${busy} onClick=${() => attempt(provePasskey)}>${t("sign-in-passkey")}<//>`
      : factor
        ? html`<form class="stack" key=${factor} onSubmit=${submit}>
            <${Field} label=${factor === "password" ? t("sign-in-password") : t("factor-code")} hint=${factor === "password" ? undefined : t(`factor-${factor}`)} name="proof" type=${factor === "password" ? "password" : "text"} autocomplete=${factor === "password" ? "current-password" : "one-time-code"} dir="ltr" required autofocus problem=${problem} />
            <${Button} kind="primary" type="submit" busy=${busy}>${t("factor-submit")}<//>
          </form>`
        : html`<p class="soft">${problem || t("loading")}</p>`}
    ${factors.filter((other) => other !== factor).map((other) => html`<${Button} key=${other} kind="quiet" onClick=${() => setFactor(other)}>${t(`factor-use-${other}`)}<//>`)}
  <//>`;
}
