/** The administration: its pages beside a list of those that one may use. */

import { useEffect, useState } from "preact/hooks";
import { SECTIONS, sectionsFor } from "../../app/administration.js";
import { t } from "../../app/locale.js";
import { link } from "../../app/router.js";
import { may } from "../../app/session.js";
import { Button } from "../../components/button.js";
import { html } from "../../components/html.js";
import { Lazy } from "../../components/lazy.js";

/** @type {Record<string, { load: () => Promise<any>, name: string }>} */
const LOADS = {
  people: { load: () => import("./people.js"), name: "People" },
  roles: { load: () => import("./roles.js"), name: "Roles" },
  teams: { load: () => import("./teams.js"), name: "Teams" },
  rules: { load: () => import("./rules.js"), name: "Rules" },
  tags: { load: () => import("./tags.js"), name: "Tags" },
  saved_replies: { load: () => import("./saved_replies.js"), name: "SavedReplies" },
  fields: { load: () => import("./fields.js"), name: "Fields" },
  webhooks: { load: () => import("./webhooks.js"), name: "Webhooks" },
  reports: { load: () => import("./reports.js"), name: "Reports" },
  exports: { load: () => import("./exports.js"), name: "Exports" },
  imports: { load: () => import("./imports.js"), name: "Imports" },
  audit: { load: () => import("./audit.js"), name: "Audit" },
  dead_letters: { load: () => import("./dead_letters.js"), name: "DeadLetters" },
  smtp: { load: () => import("./smtp.js"), name: "OwnMail" },
  privacy: { load: () => import("./privacy.js"), name: "Privacy" },
  holds: { load: () => import("./legal_holds.js"), name: "LegalHolds" },
  proofs: { load: () => import("./proofs.js"), name: "Proofs" },
  retention: { load: () => import("./retention.js"), name: "Retention" },
  mailbox: { load: () => import("./mailbox.js"), name: "MailboxSettings" },
};

/** @param {{ place: import("../../app/router.js").Place, menu: any }} props */
export function Administration({ place, menu }) {
  const open = sectionsFor(may).filter(({ name }) => LOADS[name]);
  const where = (place.parts[0] === "admin" && place.parts[1]) || (open[0]?.name ?? ""); // it is also where those begin who read no tickets
  const found = LOADS[where];
  const id = place.parts[2];
  const allowed = SECTIONS.every(({ name, needs }) => name !== where || may(needs));
  // Where it would not stand beside a page, the list is folded above it until somebody asks for it.
  const [unfolded, setUnfolded] = useState(false);
  useEffect(() => setUnfolded(false), [where]);
  return html`<header class="bar">${menu}<h1 class="bar__title">${found ? t(`admin-${where}`) : t("place-admin")}</h1></header>
    <div class="admin">
      <nav class="admin__nav" aria-label=${t("place-admin")}>
        <span class="admin__fold"><${Button} kind="quiet" icon=${unfolded ? "up" : "down"} aria-expanded=${String(unfolded)} onClick=${() => setUnfolded(!unfolded)}>${t("place-admin")}<//></span>
        <div class=${`admin__list ${unfolded ? "admin__list--unfolded" : ""}`}>
          ${open.map(({ name }) => html`<a key=${name} class="rail__link" href=${link(["admin", name])} aria-current=${name === where ? "page" : undefined}>${t(`admin-${name}`)}</a>`)}
        </div>
      </nav>
      <div class="page">
        ${found && allowed
          ? html`<${Lazy} key=${`${where} ${id ?? ""}`} inside load=${found.load} name=${found.name} id=${id} place=${place} />`
          : html`<p class="notice notice--warning">${t("error-permission-missing")}</p>`}
      </div>
    </div>`;
}
