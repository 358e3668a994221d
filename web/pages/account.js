/** One's own account: language and time zone, factors, open sessions. */

import { useState } from "preact/hooks";
import { get, patch, remove } from "../app/api.js";
import { LANGUAGES } from "../app/appearance.js";
import { chooseLanguage, explain, t } from "../app/locale.js";
import { restore } from "../app/session.js";
import { full, relative } from "../app/time.js";
import { useLoaded } from "../app/use.js";
import { Button } from "../components/button.js";
import { Choice, Field } from "../components/field.js";
import { html } from "../components/html.js";
import { say } from "../components/toasts.js";

/** @param {{ menu: any }} props */
export function Account({ menu }) {
  const profile = useLoaded((signal) => get("/api/account/profile", { signal }), []);
  return html`<header class="bar">${menu}<h1 class="bar__title">${t("place-account")}</h1></header>
    <div class="page page--narrow">
      ${profile.problem ? html`<p class="notice notice--problem" role="alert">${explain(profile.problem)}</p>` : null}
      ${profile.value ? html`<${Profile} key=${profile.value.version} profile=${profile.value} onSaved=${profile.reload} />` : null}
      <${Sessions} />
    </div>`;
}

/** @param {{ profile: any, onSaved: () => void }} props */
function Profile({ profile, onSaved }) {
  const [busy, setBusy] = useState(false);
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    const typed = Object.fromEntries(new FormData(/** @type {HTMLFormElement} */ (event.target)));
    setBusy(true);
    try {
      await patch("/api/account/profile", typed, profile.version);
      await chooseLanguage(/** @type {any} */ (typed.language));
      await restore();
      say(t("saved"));
      onSaved();
    } catch (error) {
      say(explain(error), { kind: "problem" });
    }
    setBusy(false);
  };
  const zones = /** @type {string[]} */ (Intl.supportedValuesOf("timeZone"));
  return html`<form class="box" onSubmit=${submit}>
    <h2>${t("account-profile")}</h2>
    <p class="soft"><bdi>${profile.email}</bdi></p>
    <${Field} label=${t("account-name")} name="name" dir="auto" defaultValue=${profile.name} />
    <${Choice} label=${t("account-language")} name="language" value=${profile.language} options=${LANGUAGES.map((tag) => ({ value: tag, words: tag === "ar" ? "العربية" : "English" }))} />
    <${Choice} label=${t("account-time-zone")} name="time_zone" value=${profile.time_zone} options=${["UTC", ...zones.filter((zone) => zone !== "UTC")].map((zone) => ({ value: zone, words: zone.replaceAll("_", " ") }))} />
    <${Field} label=${t("account-signature")}>
      ${(/** @type {object} */ attributes) => html`<textarea class="input" name="signature" rows="4" dir="auto" ...${attributes} defaultValue=${profile.signature}></textarea>`}
    <//>
    <div class="row"><${Button} kind="primary" type="submit" busy=${busy}>${t("action-save")}<//></div>
  </form>`;
}

function Sessions() {
  const list = useLoaded((signal) => get("/api/account/sessions", { signal }), []);
  const end = async (/** @type {string} */ id) => {
    try {
      await remove(`/api/account/sessions/${id}`);
    } catch (error) {
      say(explain(error), { kind: "problem" });
    }
    void list.reload();
  };
  return html`<section class="box">
    <h2>${t("account-sessions")}</h2>
    <ul class="stack">
      ${(list.value?.items ?? []).map(
        (/** @type {any} */ one) => html`<li class="row" key=${one.id}>
          <span><bdi>${one.browser}</bdi> <span class="soft" title=${full(one.seen_at)}>${relative(one.seen_at)}</span></span>
          ${one.current ? html`<span class="chip chip--success">${t("account-this-browser")}</span>` : html`<${Button} kind="danger" onClick=${() => end(one.id)}>${t("account-end")}<//>`}
        </li>`,
      )}
    </ul>
  </section>`;
}
