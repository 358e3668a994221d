/** What a form holds, beside what the desk holds. */

/**
 * The members of `after` that differ from `before`: a change names nothing else, so that what somebody else changed
 * meanwhile stays.
 * @param {Record<string, any>} before @param {Record<string, any>} after
 */
export function changed(before, after) {
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => !same(value, before[name])));
}

/** Whether two JSON values are the same; members without a value do not count, and their order neither. @param {any} one @param {any} other */
export function same(one, other) {
  return JSON.stringify(ordered(one)) === JSON.stringify(ordered(other));
}

/** @param {any} value @returns {any} */
function ordered(value) {
  if (Array.isArray(value)) return value.map(ordered);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .filter((name) => value[name] !== null && value[name] !== undefined)
      .map((name) => [name, ordered(value[name])]),
  );
}

/** A list with one taken to another place; beyond the ends nothing moves. @template T @param {T[]} list @param {number} from @param {number} to */
export function moved(list, from, to) {
  if (to < 0 || to >= list.length) return list;
  const without = list.filter((_, index) => index !== from);
  return [...without.slice(0, to), /** @type {T} */ (list[from]), ...without.slice(to)];
}

/** The words of a field in which each stands on its own line, or between commas. @param {string} text */
export const listed = (text) => [...new Set(text.split(/[\n,،]/).map((word) => word.trim()).filter(Boolean))];
