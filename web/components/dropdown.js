/** A menu that opens under its button, and is out of the way as soon as one turns to something else. */

import { useEffect, useRef } from "preact/hooks";
import { html } from "./html.js";

/** Pressing elsewhere, going on by Tab and Escape close it. @param {{ class: string, words: string, children?: any }} props */
export function Dropdown({ class: name, words, children }) {
  const menu = useRef(/** @type {HTMLDetailsElement | null} */ (null));
  const leave = (/** @type {EventTarget | null} */ to) => {
    if (menu.current?.open && to instanceof Node && !menu.current.contains(to)) menu.current.open = false;
  };
  useEffect(() => {
    const pressed = (/** @type {Event} */ event) => leave(event.target);
    document.addEventListener("pointerdown", pressed, true);
    return () => document.removeEventListener("pointerdown", pressed, true);
  }, []);
  const key = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape" || !menu.current?.open) return;
    event.preventDefault();
    event.stopPropagation(); // Escape means the menu alone
    menu.current.open = false;
    menu.current.querySelector("summary")?.focus();
  };
  return html`<details ref=${menu} class=${name} onKeyDown=${key} onFocusOut=${(/** @type {FocusEvent} */ event) => leave(event.relatedTarget)}>
    <summary class="button button--plain">${words}</summary>
    ${children}
  </details>`;
}
