/** What stands where tickets would be, for somebody who works in no mailbox: how that comes about. */

import { t } from "../app/locale.js";
import { may } from "../app/session.js";
import { html } from "./html.js";
import { Icon } from "./icon.js";

export function NoMailbox() {
  return html`<div class="empty"><${Icon} name="inbox" />
    <p>${t(may("mailbox:connect") ? "start-mailbox" : "start-none")}</p>
    ${may("mailbox:connect") ? html`<p><a href="#/mailboxes">${t("start-mailbox-do")}</a></p>` : null}
  </div>`;
}
