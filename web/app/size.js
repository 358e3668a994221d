/** Sizes of files as people read them. */

import { made } from "./time.js";

/** @param {number} bytes */
export function size(bytes) {
  const units = /** @type {const} */ (["byte", "kilobyte", "megabyte", "gigabyte"]);
  const step = Math.min(units.length - 1, bytes > 0 ? Math.floor(Math.log10(bytes) / 3) : 0);
  const style = { style: "unit", unit: units[step], unitDisplay: step === 0 ? "long" : "short", maximumFractionDigits: 1 };
  return made(Intl.NumberFormat, style).format(bytes / 1000 ** step);
}
