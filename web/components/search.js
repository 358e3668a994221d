/** Where one types what one looks for. */

import { t } from "../app/locale.js";
import { go, link } from "../app/router.js";
import { may } from "../app/session.js";
import { html } from "./html.js";
import { Icon } from "./icon.js";

/** @param {{ words?: string, advanced?: boolean }} props */
export function Search({ words = "", advanced = false }) {
  if (!may("search:use")) return null;
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    event.preventDefault();
    const typed = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("q") ?? "").trim();
    go(link(["tickets"], typed ? { q: typed, advanced: advanced ? "true" : null } : {}));
  };
  return html`<form class="search" role="search" onSubmit=${submit}>
    <${Icon} name="search" />
    <input class="input" id="search" name="q" type="search" maxlength="200" dir="auto" aria-label=${t("search-label")} placeholder=${t("search-label")} defaultValue=${words} key=${words} />
  </form>`;
}
