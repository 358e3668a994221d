/** A menu that opens under its button. */

import { useRef } from "preact/hooks";
import { html } from "./html.js";
import { useLeaving } from "./leaving.js";

/** @param {{ class: string, words: string, children?: any }} props */
export function Dropdown({ class: name, words, children }) {
  const menu = useRef(/** @type {HTMLDetailsElement | null} */ (null));
  useLeaving(
    menu,
    () => menu.current?.removeAttribute("open"),
    () => menu.current?.querySelector("summary")?.focus(),
  );
  return html`<details ref=${menu} class=${name}>
    <summary class="button button--plain"><span class="cut">${words}</span></summary>
    ${children}
  </details>`;
}
