/** What a reply says, as it is typed: lines of addresses, a subject, a text. */

import { parsed, written } from "./addresses.js";

/** @typedef {{ to: string, cc: string, bcc: string, subject: string, text: string, quotes: boolean, signs: boolean, sender: string, upload_ids: string[] }} Words */

/** @param {any} reply as the server has it @returns {Words} */
export const wordsOf = (reply) => ({
  to: written(reply.to),
  cc: written(reply.cc),
  bcc: written(reply.bcc),
  subject: reply.subject ?? "",
  text: reply.text ?? "",
  quotes: reply.quotes,
  signs: reply.signs,
  sender: reply.sender?.address ?? "",
  upload_ids: [...reply.upload_ids],
});

/** What is sent to save words. @param {Words} words @param {any} reply as the server has it */
export const contentOf = (words, reply) => ({
  to: parsed(words.to),
  cc: parsed(words.cc),
  bcc: parsed(words.bcc),
  subject: words.subject,
  text: words.text,
  quotes: words.quotes,
  signs: words.signs,
  upload_ids: words.upload_ids,
  ...(words.sender && words.sender !== reply.sender?.address ? { sender: { address: words.sender, name: reply.sender?.name ?? "" } } : {}),
});

/** Whether two say the same to the server. @param {Words} a @param {Words} b */
export function same(a, b) {
  const plain = (/** @type {Words} */ words) =>
    JSON.stringify([parsed(words.to), parsed(words.cc), parsed(words.bcc), words.subject.split(/\s+/).filter(Boolean), words.text, words.quotes, words.signs, words.sender, words.upload_ids]);
  return plain(a) === plain(b);
}

/**
 * What this window still holds of a draft, and whether somebody saved another one meanwhile.
 * @param {any} reply as the server has it @param {string | null} kept
 * @returns {{ words: Words, unsaved: boolean, other: boolean }}
 */
export function resumed(reply, kept) {
  const stands = wordsOf(reply);
  try {
    const { version, words } = JSON.parse(kept ?? "null") ?? {};
    if (!words || same({ ...stands, ...words }, stands)) return { words: stands, unsaved: false, other: false };
    return { words: { ...stands, ...words }, unsaved: true, other: version !== reply.version };
  } catch {
    return { words: stands, unsaved: false, other: false };
  }
}
