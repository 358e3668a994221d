/** Something that does something. A link that looks like a button is still a link. */

import { html } from "./html.js";
import { Icon } from "./icon.js";

/**
 * @typedef {object} ButtonProps
 * @property {any} [children]
 * @property {"plain" | "primary" | "danger" | "quiet"} [kind]
 * @property {string} [icon]
 * @property {string} [label] says what it does where only the icon is shown
 * @property {boolean} [busy] it is being done: a second press does nothing
 * @property {boolean} [disabled]
 * @property {boolean} [pressed] for one that stays pressed
 * @property {(event: MouseEvent) => void} [onClick]
 * @property {"button" | "submit"} [type]
 * @property {string} [shortcut] shown beside the label
 */

/** @param {ButtonProps & Record<string, any>} props */
export function Button({ children, kind = "plain", icon, label, busy, disabled, pressed, type = "button", shortcut, onClick, ...rest }) {
  return html`<button
    ...${rest}
    type=${type}
    class=${`button button--${kind}${children ? "" : " button--icon"}`}
    aria-label=${label}
    title=${label && shortcut ? `${label} (${shortcut})` : label}
    aria-busy=${busy ? "true" : undefined}
    aria-pressed=${pressed === undefined ? undefined : String(pressed)}
    disabled=${disabled}
    onClick=${(/** @type {MouseEvent} */ event) => !busy && onClick?.(event)}
  >
    ${icon ? html`<${Icon} name=${icon} />` : null}${children}
  </button>`;
}
