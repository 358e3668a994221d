/** The title of the window: which ticket is shown, and how much is unread. */

import { t } from "./locale.js";
import { number } from "./time.js";

let unread = 0;
let code = "";

function show() {
  const desk = unread > 0 && !code ? t("desk-title-unread", { unread: number(unread) }) : t("desk-title");
  const shown = code ? `${unread > 0 ? `(${number(unread)}) ` : ""}${code} · ${desk}` : desk;
  // A title is plain text: what isolates directions in it would be shown as boxes.
  document.title = shown.replace(/[\u2068\u2069]/gu, "");
}

/** @param {number} count */
export const titleUnread = (count) => ((unread = count), show());

/** A code and no subject: a browser keeps titles in its history. @param {string} shown of a ticket, or "" */
export const titleTicket = (shown) => ((code = shown), show());
