/** API tokens: by them programs do what one lets them, until a day. */

import { useRef, useState } from "preact/hooks";
import { get, newKey, post, remove } from "../../app/api.js";
import { explain, t } from "../../app/locale.js";
import { current } from "../../app/session.js";
import { full, relative } from "../../app/time.js";
import { useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { Dialog } from "../../components/dialog.js";
import { Check, Choice, Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { proved } from "../../components/step_up.js";
import { say } from "../../components/toasts.js";
import { Once } from "./once.js";

const DAYS = [30, 90, 180, 365];
const words = (/** @type {string} */ permission) => t(`permission-${permission.replace(":", "-")}`);

export function Tokens() {
  const list = useLoaded((signal) => get("/api/account/tokens", { signal }), []);
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState(/** @type {string | null} */ (null));
  const revoke = async (/** @type {string} */ id) => {
    try {
      await proved(() => remove(`/api/account/tokens/${id}`));
      say(t("token-revoked"));
    } catch (error) {
      say(explain(error), { kind: "problem" });
    }
    await list.reload();
  };
  return html`<section class="box">
    <h2>${t("tokens-title")}</h2>
    <p class="soft">${t("tokens-why")}</p>
    ${list.problem ? html`<p class="notice notice--problem" role="alert">${explain(list.problem)}</p>` : null}
    <ul class="stack">
      ${(list.value?.items ?? []).map(
        (/** @type {any} */ one) => html`<li key=${one.id} class="row row--apart">
          <span><strong dir="auto">${one.name}</strong> ${one.ended ? html`<span class="chip chip--danger">${t("token-ended")}</span>` : null}
            <span class="soft" title=${full(one.expires_at)}>${t("token-until", { when: relative(one.expires_at) })} · ${one.seen_at ? t("factors-used", { when: relative(one.seen_at) }) : t("factors-unused")}</span>
            <details><summary>${t("token-may", { count: one.permissions.length })}</summary><ul>${one.permissions.map((/** @type {string} */ permission) => html`<li key=${permission}>${words(permission)}</li>`)}</ul></details></span>
          <${Button} kind="danger" onClick=${() => revoke(one.id)}>${t("token-revoke")}<//>
        </li>`,
      )}
    </ul>
    <div class="row"><${Button} icon="add" onClick=${() => setMaking(true)}>${t("token-make")}<//></div>
    ${making ? html`<${Make} onClose=${() => setMaking(false)} onMade=${(/** @type {string} */ token) => (setMaking(false), setMade(token), void list.reload())} />` : null}
    ${made ? html`<${Once} title=${t("token-made")} why=${t("token-once")} lines=${[made]} onClose=${() => setMade(null)} />` : null}
  </section>`;
}

/** @param {{ onClose: () => void, onMade: (token: string) => void }} props */
function Make({ onClose, onMade }) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const key = useRef(newKey());
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    const typed = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const permissions = typed.getAll("permission");
    if (permissions.length === 0) return setProblem(t("token-nothing"));
    setBusy(true);
    setProblem("");
    try {
      const body = { name: String(typed.get("name")).trim(), permissions, days: Number(typed.get("days")) };
      onMade((await proved(() => post("/api/account/tokens", body, { key: key.current }))).token);
    } catch (error) {
      key.current = newKey();
      setProblem(explain(error));
      setBusy(false);
    }
  };
  const mine = (current().user?.permissions ?? []).filter((permission) => permission !== "account:self");
  return html`<${Dialog} title=${t("token-make")} onClose=${onClose}
    actions=${html`<${Button} onClick=${onClose}>${t("action-cancel")}<//><button class="button button--primary" type="submit" form="token-make" aria-busy=${busy} disabled=${busy}>${t("token-make")}</button>`}>
    <form id="token-make" class="stack" onSubmit=${submit}>
      ${problem ? html`<p class="notice notice--problem" role="alert">${problem}</p>` : null}
      <${Field} label=${t("token-name")} name="name" dir="auto" maxlength="60" required autofocus />
      <${Choice} label=${t("token-days")} name="days" value="90" options=${DAYS.map((days) => ({ value: String(days), words: t("token-good-for", { count: days }) }))} />
      <fieldset class="marks"><legend class="field__label">${t("token-permissions")}</legend>
        ${mine.map((permission) => html`<${Check} key=${permission} label=${words(permission)} name="permission" value=${permission} />`)}
      </fieldset>
    </form>
  <//>`;
}
