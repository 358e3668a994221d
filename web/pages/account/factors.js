/** The second factor: an authenticator app, passkeys, recovery codes. */

import { useState } from "preact/hooks";
import { get, post, remove } from "../../app/api.js";
import { explain, t } from "../../app/locale.js";
import { addPasskey, canUsePasskeys, passkeyAddress } from "../../app/passkeys.js";
import { full, relative } from "../../app/time.js";
import { useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { Dialog } from "../../components/dialog.js";
import { Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { proved } from "../../components/step_up.js";
import { say } from "../../components/toasts.js";
import { Once } from "./once.js";

export function Factors() {
  const list = useLoaded((signal) => get("/api/account/factors", { signal }), []);
  const [app, setApp] = useState(/** @type {any} */ (null));
  const [naming, setNaming] = useState(false);
  const [codes, setCodes] = useState(/** @type {string[] | null} */ (null));
  const [removing, setRemoving] = useState(/** @type {any} */ (null));
  /** @template T @param {() => Promise<T>} work @param {(value: T) => void} done */
  const run = async (work, done) => {
    try {
      done(await proved(work));
    } catch (error) {
      say(explain(error), { kind: "problem" });
    }
    await list.reload();
  };
  const items = list.value?.items ?? [];
  const of = (/** @type {string} */ kind) => items.filter((/** @type {any} */ one) => one.kind === kind);
  const elsewhere = passkeyAddress();
  const destroy = () => run(() => remove(`/api/account/factors/${removing.id}`), () => (setRemoving(null), say(t("factors-removed"))));
  return html`<section class="box">
    <h2>${t("factors-title")}</h2>
    <p class="soft">${t("factors-why")}</p>
    ${list.problem ? html`<p class="notice notice--problem" role="alert">${explain(list.problem)}</p>` : null}
    ${items.length > 0 && of("recovery").length === 0 ? html`<p class="notice notice--warning">${t("factors-no-recovery")}</p>` : null}
    <ul class="stack">
      ${items.map(
        (/** @type {any} */ one) => html`<li key=${one.id} class="row row--apart">
          <span><${Icon} name="shield" /> ${t(`factor-name-${one.kind}`)} ${one.name ? html`<span dir="auto">${one.name}</span>` : null}
            <span class="soft" title=${full(one.created_at)}>· ${one.left === null ? (one.used_at ? t("factors-used", { when: relative(one.used_at) }) : t("factors-unused")) : t("factors-left", { count: one.left })}</span></span>
          <${Button} kind="danger" onClick=${() => setRemoving(one)}>${t("factors-remove")}<//>
        </li>`,
      )}
    </ul>
    <div class="row">
      <${Button} onClick=${() => run(() => post("/api/account/factors/totp"), setApp)}>${t(of("totp").length > 0 ? "totp-replace" : "totp-add")}<//>
      <${Button} onClick=${() => setNaming(true)} disabled=${!canUsePasskeys()}>${t("passkey-add")}<//>
      <${Button} onClick=${() => run(() => post("/api/account/factors/recovery_codes"), ({ codes }) => setCodes(codes))}>${t(of("recovery").length > 0 ? "recovery-replace" : "recovery-make")}<//>
    </div>
    ${elsewhere ? html`<p class="soft">${t("passkey-elsewhere")} <a href=${elsewhere}><bdi>${elsewhere}</bdi></a></p>` : !canUsePasskeys() ? html`<p class="soft">${t("passkey-impossible")}</p>` : null}
    ${app ? html`<${Authenticator} app=${app} onClose=${() => (setApp(null), void list.reload())} />` : null}
    ${naming ? html`<${Name} onClose=${() => (setNaming(false), void list.reload())} />` : null}
    ${codes ? html`<${Once} title=${t("factor-name-recovery")} why=${t("recovery-why")} lines=${codes} file="recovery-codes.txt" onClose=${() => setCodes(null)} />` : null}
    ${removing
      ? html`<${Dialog} title=${t("factors-remove-title", { factor: removing.name ?? t(`factor-name-${removing.kind}`) })} onClose=${() => setRemoving(null)}
          actions=${html`<${Button} onClick=${() => setRemoving(null)}>${t("action-cancel")}<//><${Button} kind="danger" onClick=${destroy}>${t("factors-remove")}<//>`}>
          <p>${t("factors-remove-what")}</p>
        <//>`
      : null}
  </section>`;
}

/** @param {{ app: { secret: string, uri: string, qr_code: string }, onClose: () => void }} props */
function Authenticator({ app, onClose }) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    const code = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("code")).replaceAll(" ", "");
    setBusy(true);
    setProblem("");
    try {
      await proved(() => post("/api/account/factors/totp/confirm", { code }));
      say(t("totp-added"));
      onClose();
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };
  return html`<${Dialog} title=${t("totp-add")} onClose=${onClose}>
    <p>${t("totp-how")}</p>
    <img class="qr" src=${`data:image/svg+xml,${encodeURIComponent(app.qr_code)}`} width="200" height="200" alt=${t("totp-picture")} />
    <p class="soft">${t("totp-by-hand")} <code><bdi>${app.secret.replace(/(.{4})(?=.)/g, "$1 ")}</bdi></code></p>
    <p><a href=${app.uri}>${t("totp-open")}</a></p>
    <form class="stack" onSubmit=${submit}>
      <${Field} label=${t("totp-code")} name="code" inputmode="numeric" autocomplete="one-time-code" dir="ltr" required autofocus problem=${problem} />
      <div class="row"><${Button} kind="primary" type="submit" busy=${busy}>${t("totp-confirm")}<//></div>
    </form>
  <//>`;
}

/** @param {{ onClose: () => void }} props */
function Name({ onClose }) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    const name = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("name")).trim();
    setBusy(true);
    setProblem("");
    try {
      await proved(() => addPasskey(name));
      say(t("passkey-added"));
      onClose();
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };
  return html`<${Dialog} title=${t("passkey-add")} onClose=${onClose}>
    <form class="stack" onSubmit=${submit}>
      <${Field} label=${t("passkey-name")} name="name" dir="auto" maxlength="60" required autofocus hint=${t("passkey-name-hint")} problem=${problem} />
      <div class="row"><${Button} kind="primary" type="submit" busy=${busy}>${t("passkey-make")}<//></div>
    </form>
  <//>`;
}
