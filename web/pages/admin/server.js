/** The fields of an SMTP server. Its password is never shown again, so it is asked for with every change. */

import { t } from "../../app/locale.js";
import { Choice, Field } from "../../components/field.js";
import { html } from "../../components/html.js";

const PORTS = { tls: "465", starttls: "587" };

/** @param {any} server as it is shown, or null where there is none */
export const serverOf = (server) => ({
  host: server?.host ?? "",
  port: String(server?.port ?? PORTS.tls),
  security: /** @type {string} */ (server?.security ?? "tls"),
  sender: server?.sender ?? "",
  username: server?.username ?? "",
  password: "",
});

/** @param {{ draft: any, put: any, bind: any }} props */
export function ServerFields({ draft, put, bind }) {
  const secure = (/** @type {any} */ event) => {
    const security = /** @type {"tls" | "starttls"} */ (event.currentTarget.value);
    put("security", security);
    put("port", PORTS[security]);
  };
  return html`<${Field} label=${t("smtp-host")} required dir="ltr" autocomplete="off" placeholder="smtp.example.com" ...${bind("host")} />
    <div class="fields">
      <${Choice} label=${t("smtp-security")} options=${["tls", "starttls"].map((kind) => ({ value: kind, words: t(`smtp-security-${kind}`) }))} value=${draft.security} onInput=${secure} />
      <${Field} label=${t("smtp-port")} required dir="ltr" inputmode="numeric" pattern="[0-9]+" ...${bind("port")} />
    </div>
    <${Field} label=${t("smtp-sender")} type="email" required dir="ltr" autocomplete="off" ...${bind("sender")} />
    <div class="fields">
      <${Field} label=${t("smtp-username")} dir="ltr" autocomplete="off" ...${bind("username")} />
      <${Field} label=${t("sign-in-password")} type="password" dir="ltr" autocomplete="new-password" ...${bind("password")} />
    </div>`;
}
