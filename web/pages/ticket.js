/** A ticket: its conversation, and what can be done with it. */

import { html } from "../components/html.js";

/** @param {{ id: string, place: any, menu: any }} props */
export function Ticket({ id, menu }) {
  return html`<header class="bar">${menu}<h1 class="bar__title">${id}</h1></header>`;
}
