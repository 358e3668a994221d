/** Where the page is: `#/tickets/t_...?view=mine`. Plain links work, and so do back and forward. */

/**
 * @typedef {object} Place
 * @property {string[]} parts such as ["tickets", "t_..."]
 * @property {URLSearchParams} query
 */

/** @param {string} hash @returns {Place} */
export function read(hash) {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  return { parts: path.split("/").filter(Boolean).map(decoded), query: new URLSearchParams(query) };
}

/** @param {string[]} parts @param {Record<string, string | null | undefined>} [query] */
export function link(parts, query = {}) {
  const given = Object.entries(query).filter((pair) => pair[1] !== null && pair[1] !== undefined && pair[1] !== "");
  const search = new URLSearchParams(/** @type {[string, string][]} */ (given)).toString();
  return `#/${parts.map(encodeURIComponent).join("/")}${search ? `?${search}` : ""}`;
}

/** @param {string} to a link */
export function go(to) {
  location.hash = to;
}

/** Show another address for the same place, without a step in the history. @param {string} to */
export function settle(to) {
  history.replaceState(null, "", to);
}

/** @param {(place: Place) => void} tell */
export function follow(tell) {
  const moved = () => tell(read(location.hash));
  addEventListener("hashchange", moved);
  return () => removeEventListener("hashchange", moved);
}

/** @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a link that was cut in a mail: no page of that name
  }
}
