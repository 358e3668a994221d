/** A ticket's state, by word and by shape. */

import { t } from "../app/locale.js";
import { html } from "./html.js";

export const STATES = ["new", "open", "pending", "on_hold", "solved", "closed", "spam"];

/** @param {{ state: string, bare?: boolean }} props bare: the word is for those who listen */
export function State({ state, bare }) {
  return html`<span class=${`state state--${state}`} title=${bare ? t(`state-${state}`) : undefined}>
    <span class="state__shape" aria-hidden="true"></span>
    <span class=${bare ? "visually-hidden" : ""}>${t(`state-${state}`)}</span>
  </span>`;
}
