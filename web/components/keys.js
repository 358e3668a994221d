/** The keys that do something now. */

import { t } from "../app/locale.js";
import { offered } from "../app/shortcuts.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";

/** @param {{ onClose: () => void }} props */
export function Keys({ onClose }) {
  return html`<${Dialog} title=${t("keys-title")} onClose=${onClose} wide>
    <dl class="keys">
      ${offered().map(({ keys, words }) => html`<div key=${keys} class="keys__one"><dt dir="ltr">${keys.split(" ").map((one) => html`<kbd key=${one}>${one.replace("Mod+", "Ctrl ")}</kbd> `)}</dt><dd>${t(words)}</dd></div>`)}
    </dl>
  <//>`;
}
