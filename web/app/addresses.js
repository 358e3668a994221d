/** Addresses as people type and read them: "Nora <n@example.com>, b@example.com". */

/** @typedef {{ name: string, address: string }} Person */

/** @param {Person[]} people */
export const written = (people) => people.map(one).join(", ");

/** @param {Person} person */
export function one({ name, address }) {
  if (!name) return address;
  return `${/[,;<>"]/.test(name) ? `"${name.replaceAll('"', "'")}"` : name} <${address}>`;
}

/** @param {string} text @returns {Person[]} */
export function parsed(text) {
  const parts = text.match(/(?:"[^"]*"|[^,;\n"])+/g) ?? [];
  return parts
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const found = /^(.*)<([^<>]+)>$/s.exec(part);
      return found ? { name: found[1].trim().replace(/^"|"$/g, ""), address: found[2].trim() } : { name: "", address: part };
    });
}

/** Those of a line of addresses who are not among some. @param {string} text @param {string[]} unwanted */
export function without(text, unwanted) {
  const gone = new Set(unwanted.map((address) => address.toLowerCase()));
  return written(parsed(text).filter(({ address }) => !gone.has(address.toLowerCase())));
}
