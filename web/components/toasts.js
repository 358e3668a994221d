/** Short news at the edge of the page, read out politely. What can be undone can be undone from here. */

import { useEffect, useState } from "preact/hooks";
import { t } from "../app/locale.js";
import { Button } from "./button.js";
import { html } from "./html.js";

/** @typedef {{ id: number, words: string, kind: "plain" | "problem", action?: { words: string, run: () => void }, until: number | null }} Toast */

/** @type {Toast[]} */
let shown = [];
/** @type {Set<(toasts: Toast[]) => void>} */
const listeners = new Set();
let last = 0;

const SHOWN_MS = 6_000;

/**
 * Say something. A problem stays until it is closed.
 * @param {string} words @param {{ kind?: "plain" | "problem", action?: Toast["action"], milliseconds?: number }} [options]
 * @returns {() => void} takes it back
 */
export function say(words, { kind = "plain", action, milliseconds = SHOWN_MS } = {}) {
  const id = ++last;
  const until = kind === "problem" ? null : Date.now() + milliseconds;
  change([...shown, { id, words, kind, action, until }].slice(-4));
  const close = () => change(shown.filter((toast) => toast.id !== id));
  if (until !== null) setTimeout(close, milliseconds);
  return close;
}

/** @param {Toast[]} toasts */
function change(toasts) {
  shown = toasts;
  for (const tell of listeners) tell(toasts);
}

export function Toasts() {
  const [toasts, setToasts] = useState(shown);
  useEffect(() => {
    listeners.add(setToasts);
    return () => void listeners.delete(setToasts);
  }, []);
  return html`<div class="toasts" role="status" aria-live="polite">
    ${toasts.map(
      (toast) => html`<div key=${toast.id} class=${`toast toast--${toast.kind}`}>
        <span dir="auto">${toast.words}</span>
        ${toast.action
          ? html`<${Button} kind="quiet" onClick=${() => (toast.action?.run(), change(shown.filter((other) => other !== toast)))}>${toast.action.words}<//>`
          : null}
        <${Button} kind="quiet" icon="close" label=${t("action-close")} onClick=${() => change(shown.filter((other) => other !== toast))} />
      </div>`,
    )}
  </div>`;
}
