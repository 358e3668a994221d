/** Says on every page that one reads a mailbox without being its member. */

import { t } from "../app/locale.js";
import { html } from "./html.js";
import { Icon } from "./icon.js";

export function GlassBanner() {
  return html`<p class="notice notice--warning others" role="status"><${Icon} name="eye" /> ${t("glass-banner")} <a href="#/mailboxes">${t("glass-banner-where")}</a></p>`;
}
