/** Placeholders of saved replies: `{{customer.first_name|there}}` is a name, and what stands for none. */

export const PLACEHOLDERS = ["customer.first_name", "customer.name", "agent.name", "ticket.code", "ticket.subject", "mailbox.address"];

const PLACEHOLDER = /\{\{([^{}|\r\n]*)(?:\|([^{}\r\n]*))?\}\}/g;

/**
 * A text with its placeholders filled, as the desk fills them; one that means nothing stays as it stands.
 * @param {string} text @param {Record<string, string>} values
 */
export function filled(text, values) {
  return text.replace(PLACEHOLDER, (whole, /** @type {string} */ name, /** @type {string | undefined} */ instead) => {
    const known = name.trim();
    if (!PLACEHOLDERS.includes(known)) return whole;
    return values[known] || (instead ?? "");
  });
}

/** The placeholders that mean nothing, each once. @param {string} text */
export const unknownIn = (text) => [...new Set([...text.matchAll(PLACEHOLDER)].map(([, name = ""]) => name.trim()).filter((name) => !PLACEHOLDERS.includes(name)))];

/** A text with something put in the place of what is marked, and where the caret stands then. @param {string} text @param {number} from @param {number} to @param {string} what */
export const inserted = (text, from, to, what) => ({ text: text.slice(0, from) + what + text.slice(to), caret: from + what.length });
