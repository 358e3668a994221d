/** Naming colleagues in a note: "@" begins a name, and the ids of those who are named go beside the text. */

/** @typedef {{ id: string, name: string | null }} Colleague */

const MOST_SHOWN = 6;

/**
 * What is being typed after "@", right before the cursor.
 * @param {string} text @param {number} cursor
 * @returns {{ from: number, word: string } | null} `from`: where the "@" stands
 */
export function asked(text, cursor) {
  const found = /(?:^|[\s([])@([^\s@][^\n@]{0,30})?$/u.exec(text.slice(0, cursor));
  if (!found) return null;
  const word = found[1] ?? "";
  return { from: cursor - word.length - 1, word };
}

/** Colleagues of whose name some word begins so. @template {Colleague} T @param {T[]} people @param {string} word @returns {T[]} */
export function matching(people, word) {
  const begins = word.trim().toLocaleLowerCase();
  return people
    .filter(({ name }) => {
      const full = name?.toLocaleLowerCase() ?? "";
      return full.startsWith(begins) || (begins !== "" && full.split(/\s+/).some((part) => part.startsWith(begins)));
    })
    .slice(0, MOST_SHOWN);
}

/**
 * The text in which what was typed became a name, and where the cursor stands then.
 * @param {string} text @param {{ from: number }} typed @param {number} cursor @param {string} name
 */
export function completed(text, { from }, cursor, name) {
  const named = `${text.slice(0, from)}@${name} `;
  return { text: named + text.slice(cursor).replace(/^ /, ""), cursor: named.length };
}

/** The ids of those whose whole name stands in the text. @param {string} text @param {Colleague[]} people */
export function mentioned(text, people) {
  const longest = people.filter(({ name }) => name).toSorted((a, b) => (b.name ?? "").length - (a.name ?? "").length);
  const found = new Set();
  let left = text;
  for (const { id, name } of longest) {
    if (!left.includes(`@${name}`)) continue;
    found.add(id);
    left = left.replaceAll(`@${name}`, "\n"); // "@Ann Lee" names no "@Ann"
  }
  return people.filter(({ id }) => found.has(id)).map(({ id }) => id);
}
