/** What opens over the page for a moment: it is out of the way as soon as one turns to something else. */

import { useEffect, useRef } from "preact/hooks";
import { html } from "./html.js";

/**
 * Pressing elsewhere, going on by Tab and Escape close it; a dialog that was opened from it has its Escape for itself.
 * @param {{ current: HTMLElement | null }} within @param {() => void} close @param {() => void} back after Escape
 */
export function useLeaving(within, close, back) {
  useEffect(() => {
    const box = /** @type {HTMLElement} */ (within.current);
    const leave = (/** @type {EventTarget | null} */ to) => to instanceof Node && !box.contains(to) && close();
    const pressed = (/** @type {Event} */ event) => leave(event.target);
    const left = (/** @type {FocusEvent} */ event) => leave(event.relatedTarget);
    const key = (/** @type {KeyboardEvent} */ event) => {
      const closed = box instanceof HTMLDetailsElement && !box.open;
      if (event.key !== "Escape" || closed || /** @type {Element} */ (event.target).closest("dialog")) return;
      event.preventDefault();
      event.stopPropagation(); // Escape means this alone
      close();
      back();
    };
    document.addEventListener("pointerdown", pressed, true);
    box.addEventListener("focusout", left);
    box.addEventListener("keydown", key);
    return () => {
      document.removeEventListener("pointerdown", pressed, true);
      box.removeEventListener("focusout", left);
      box.removeEventListener("keydown", key);
    };
  }, []);
}

/** Stands in the rail of a narrow window while that is open, and brings the focus into it. @param {{ onClose: () => void }} props */
export function OpenRail({ onClose }) {
  const mark = useRef(/** @type {HTMLElement | null} */ (null));
  const rail = useRef(/** @type {HTMLElement | null} */ (null));
  const opener = useRef(document.activeElement);
  useEffect(() => {
    rail.current = /** @type {HTMLElement} */ (mark.current?.parentElement);
    rail.current.querySelector("a")?.focus();
  }, []);
  useLeaving(rail, onClose, () => opener.current instanceof HTMLElement && opener.current.focus());
  return html`<span ref=${mark} hidden></span>`;
}
