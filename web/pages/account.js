/** One's own account: how one is called and shown, how one proves who one is, and what one is told of. */

import { get } from "../app/api.js";
import { explain, t } from "../app/locale.js";
import { useLoaded } from "../app/use.js";
import { Button } from "../components/button.js";
import { html } from "../components/html.js";
import { Factors } from "./account/factors.js";
import { MyData } from "./account/my_data.js";
import { Notifications } from "./account/notifications.js";
import { Password } from "./account/password.js";
import { Appearance, Profile } from "./account/profile.js";
import { Sessions } from "./account/sessions.js";
import { Tokens } from "./account/tokens.js";

/** @param {{ menu: any }} props */
export function Account({ menu }) {
  const profile = useLoaded((signal) => get("/api/account/profile", { signal }), []);
  return html`<header class="bar">${menu}<h1 class="bar__title">${t("place-account")}</h1></header>
    <div class="page page--narrow">
      ${profile.problem ? html`<p class="notice notice--problem" role="alert">${explain(profile.problem)} <${Button} onClick=${profile.reload}>${t("action-again")}<//></p>` : null}
      ${profile.value ? html`<${Profile} profile=${profile.value} onSaved=${profile.reload} />` : null}
      <${Appearance} />
      <${Password} email=${profile.value?.email ?? ""} />
      <${Factors} />
      <${Sessions} />
      <${Notifications} />
      <${Tokens} />
      <${MyData} />
    </div>`;
}
