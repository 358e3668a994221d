/** Where one is signed in, and ending that. */

import { get, remove } from "../../app/api.js";
import { explain, has, t } from "../../app/locale.js";
import { full, relative } from "../../app/time.js";
import { useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { html } from "../../components/html.js";
import { proved } from "../../components/step_up.js";
import { say } from "../../components/toasts.js";

export function Sessions() {
  const list = useLoaded((signal) => get("/api/account/sessions", { signal }), []);
  const rows = list.value?.items ?? [];
  const end = async (/** @type {string} */ path) => {
    try {
      await proved(() => remove(path));
      say(t("account-ended"));
    } catch (error) {
      say(explain(error), { kind: "problem" });
    }
    await list.reload();
  };
  return html`<section class="box">
    <h2>${t("account-sessions")}</h2>
    ${list.problem ? html`<p class="notice notice--problem" role="alert">${explain(list.problem)}</p>` : null}
    <ul class="stack">
      ${rows.map(
        (/** @type {any} */ one) => html`<li class="row row--apart row--whole" key=${one.id}>
          <span><bdi>${known(one.browser)}</bdi> <span class="soft" title=${full(one.seen_at)}>· <bdi>${known(one.network)}</bdi> · ${relative(one.seen_at)}${one.factors.map((/** @type {string} */ factor) => (has(`factor-name-${factor}`) ? ` · ${t(`factor-name-${factor}`)}` : ""))}</span></span>
          ${one.current
            ? html`<span class="chip chip--success">${t("account-this-browser")}</span>`
            : html`<${Button} label=${t("account-end-one", { browser: known(one.browser) })} onClick=${() => end(`/api/account/sessions/${one.id}`)}>${t("account-end")}<//>`}
        </li>`,
      )}
    </ul>
    ${rows.length > 1 ? html`<div class="row"><${Button} onClick=${() => end("/api/account/sessions")}>${t("account-end-others")}<//></div>` : null}
  </section>`;
}

/** @param {string} what */
const known = (what) => (what === "unknown" ? t("account-unknown") : what);
