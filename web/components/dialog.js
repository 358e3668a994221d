/** A question that must be answered first: the browser's own dialog, which keeps the focus and ends by Escape. */

import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../app/locale.js";
import { Button } from "./button.js";
import { html } from "./html.js";

const FIRST = ":is(.dialog__body, .dialog__actions) :is(a[href], button, input, select, textarea):not(:disabled)";

/** @param {{ title: string, onClose: () => void, children?: any, actions?: any, wide?: boolean }} props */
export function Dialog({ title, onClose, children, actions, wide }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const id = useId();
  useLayoutEffect(() => {
    const opener = document.activeElement;
    const shown = dialog.current;
    shown?.showModal();
    // One begins at what is asked, and not at the button that closes it.
    if (document.activeElement?.closest(".dialog__head")) /** @type {HTMLElement | null | undefined} */ (shown?.querySelector(FIRST))?.focus({ preventScroll: true });
    return () => {
      shown?.close(); // under an open one nothing takes the focus, and the next key may come at once
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return html`<dialog
    ref=${dialog}
    class=${wide ? "dialog dialog--wide" : "dialog"}
    aria-labelledby=${id}
    onCancel=${(/** @type {Event} */ event) => (event.preventDefault(), onClose())}
  >
    <header class="dialog__head">
      <h2 class="dialog__title" id=${id}>${title}</h2>
      <${Button} kind="quiet" icon="close" label=${t("action-close")} onClick=${onClose} />
    </header>
    <div class="dialog__body">${children}</div>
    ${actions ? html`<footer class="dialog__actions">${actions}</footer>` : null}
  </dialog>`;
}
