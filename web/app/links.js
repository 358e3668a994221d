/** Addresses of pages in plain text, which may be followed. A link shows where it leads and nothing else. */

const ADDRESS = /\bhttps?:\/\/[^\s<>"'`{}|\\^]+/giu;
const CLOSING = /[.,;:!?…)\]]+$/u;

/** A text in pieces, those with `href` being links. @param {string} text @returns {{ text: string, href?: string }[]} */
export function pieces(text) {
  const found = [];
  let at = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0]);
    if (!URL.canParse(address)) continue;
    if (match.index > at) found.push({ text: text.slice(at, match.index) });
    found.push({ text: address, href: address });
    at = match.index + address.length;
  }
  if (at < text.length || found.length === 0) found.push({ text: text.slice(at) });
  return found;
}

/** Without the signs that end the sentence around it; a bracket that opens in it may close in it. @param {string} address */
function trimmed(address) {
  const end = CLOSING.exec(address)?.[0] ?? "";
  const kept = end.startsWith(")") && address.includes("(") ? ")" : "";
  return address.slice(0, address.length - end.length) + kept;
}
