/** How one is called, in which language and time zone, and how the desk looks. */

import { useState } from "preact/hooks";
import { patch } from "../../app/api.js";
import { keep, kept, LANGUAGES, showTheme } from "../../app/appearance.js";
import { chooseLanguage, explain, t } from "../../app/locale.js";
import { restore } from "../../app/session.js";
import { Button } from "../../components/button.js";
import { Choice, Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { say } from "../../components/toasts.js";

const MEMBERS = /** @type {const} */ (["name", "language", "time_zone", "signature"]);
const THEMES = /** @type {const} */ (["system", "light", "dark"]);
const zones = ["UTC", .../** @type {string[]} */ (Intl.supportedValuesOf("timeZone")).filter((zone) => zone !== "UTC")];

/** @param {{ profile: any, onSaved: () => Promise<void> }} props */
export function Profile({ profile, onSaved }) {
  const [changed, setChanged] = useState(/** @type {Record<string, string>} */ ({}));
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const value = (/** @type {string} */ name) => changed[name] ?? profile[name];
  const put = (/** @type {string} */ name) => (/** @type {any} */ event) => setChanged({ ...changed, [name]: event.target.value });
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem("");
    try {
      await patch("/api/account/profile", Object.fromEntries(MEMBERS.map((name) => [name, value(name)])), profile.version);
      await chooseLanguage(/** @type {any} */ (value("language")));
      await restore();
      setChanged({});
      say(t("saved"));
    } catch (error) {
      setProblem(explain(error));
    }
    await onSaved();
    setBusy(false);
  };
  return html`<form class="box" onSubmit=${submit}>
    <h2>${t("account-profile")}</h2>
    <p class="soft"><bdi>${profile.email}</bdi></p>
    <${Field} label=${t("account-name")} autocomplete="name" dir="auto" value=${value("name")} onInput=${put("name")} />
    <${Choice} label=${t("account-language")} value=${value("language")} onChange=${put("language")} options=${LANGUAGES.map((tag) => ({ value: tag, words: tag === "ar" ? "العربية" : "English" }))} />
    <${Choice} label=${t("account-time-zone")} value=${value("time_zone")} onChange=${put("time_zone")} options=${zones.map((zone) => ({ value: zone, words: zone.replaceAll("_", " ") }))} />
    <${Field} label=${t("account-signature")}>
      ${(/** @type {object} */ attributes) => html`<textarea class="input" rows="4" dir="auto" ...${attributes} value=${value("signature")} onInput=${put("signature")}></textarea>`}
    <//>
    ${problem ? html`<p class="notice notice--problem" role="alert">${problem}</p>` : null}
    <div class="row"><${Button} kind="primary" type="submit" busy=${busy}>${t("action-save")}<//></div>
  </form>`;
}

/** Kept in this browser: a room is dark or light, not a person. */
export function Appearance() {
  const [theme, setTheme] = useState(kept("theme") ?? "system");
  const choose = (/** @type {any} */ event) => (keep("theme", event.target.value), showTheme(event.target.value), setTheme(event.target.value));
  return html`<section class="box">
    <h2>${t("account-appearance")}</h2>
    <${Choice} label=${t("account-theme")} value=${theme} onChange=${choose} options=${THEMES.map((value) => ({ value, words: t(`account-theme-${value}`) }))} />
    <p class="soft">${t("account-theme-where")}</p>
  </section>`;
}
