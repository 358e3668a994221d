/**
 * The focus never falls off the page: where what had it goes away, and nobody gave it to something else, what it stood
 * in gets it. So Tab goes on from there, and a screen reader says where one is.
 */

// Whoever takes something away has given the focus elsewhere by then.
const GIVEN_WITHIN_MS = 150;
const PLACES = "dialog, section, article, form, fieldset, li, [role], main";

/** @param {HTMLElement} root */
export function keepFocus(root) {
  /** What has the focus, and all that it stands in. @type {Element[]} */
  let path = [];
  root.addEventListener("focusin", (event) => {
    path = [];
    for (let at = /** @type {Element | null} */ (event.target); at && at !== root; at = at.parentElement) path.push(at);
  });
  const mend = () => {
    if (document.activeElement !== document.body || path.length === 0 || path[0].isConnected) return;
    const place = path.find((one) => one.isConnected && one.matches(PLACES));
    path = [];
    if (!(place instanceof HTMLElement)) return;
    if (!place.hasAttribute("tabindex")) place.tabIndex = -1;
    place.focus({ preventScroll: true });
  };
  new MutationObserver(() => path.length > 0 && !path[0].isConnected && setTimeout(mend, GIVEN_WITHIN_MS)).observe(root, { childList: true, subtree: true });
}
