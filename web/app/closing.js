/** Asking before a window is closed over what is nowhere else. */

import { useLayoutEffect } from "preact/hooks";

/** @param {boolean} only whether what is written or on its way is in this window alone */
export function useAsksBeforeClosing(only) {
  useLayoutEffect(() => {
    if (!only) return;
    const ask = (/** @type {Event} */ event) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [only]);
}
