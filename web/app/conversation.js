/** A ticket as a conversation: mail, notes, replies on their way and changes, in the order of their times. */

/**
 * @typedef {{ kind: "message" | "note" | "reply" | "change", at: string, id: string, it: any }} Entry
 */

import { get } from "./api.js";

const SHOWN_REPLIES = new Set(["queued", "sending", "unknown", "failed", "needs_review"]);
const MOVING = new Set(["queued", "sending", "unknown"]);
const SOON_MS = 3 * 60_000;

/**
 * Open a ticket, with the replies that are on their way for those who may send some.
 * @param {string} id @param {boolean} sends @param {AbortSignal} [signal]
 */
export async function open(id, sends, signal) {
  const [opened, replies] = await Promise.all([
    get(`/api/content/tickets/${id}`, { signal }),
    sends ? get(`/api/tickets/${id}/replies?limit=50`, { signal }) : { items: [] },
  ]);
  return { ...opened, replies: replies.items };
}

/** @param {any} opened what /api/content/tickets/{id} answers @returns {Entry[]} */
export function entries(opened) {
  const returned = new Set(opened.messages.map((/** @type {any} */ { message }) => message.reply_id));
  // What a person said was sent comes back as no mail: as long as the desk has its text, that is shown.
  const shown = (/** @type {any} */ it) => SHOWN_REPLIES.has(it.state) || (it.state === "sent" && it.text && !returned.has(it.id) && !opened.more_messages);
  /** @type {Entry[]} */
  const all = [
    ...opened.messages.map((/** @type {any} */ { message, ...rest }) => entry("message", message.received_at, { ...message, ...rest })),
    ...(opened.notes ?? []).map((/** @type {any} */ it) => entry("note", it.written_at ?? it.created_at, it)),
    ...(opened.replies ?? [])
      .filter(shown)
      .map((/** @type {any} */ it) => entry("reply", it.changed_at, it)),
    ...(opened.timeline ?? []).map((/** @type {any} */ it) => entry("change", it.at, it)),
  ];
  return all.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** The draft that this person left on the ticket. @param {any} opened @param {string} userId */
export function draftOf(opened, userId) {
  return (opened.replies ?? []).find((/** @type {any} */ it) => it.state === "draft" && it.author_id === userId) ?? null;
}

/** Whether a reply leaves or is looked for about now, so that looking again soon tells something. @param {any} opened @param {Date} now */
export function isMoving(opened, now) {
  return (opened.replies ?? []).some((/** @type {any} */ it) => MOVING.has(it.state) && (!it.not_before || new Date(it.not_before).getTime() - now.getTime() < SOON_MS));
}

/** Mail is folded but for the newest, and for what is new to who looks. @param {Entry[]} all @param {Set<string>} fresh @returns {Set<string>} ids of what is unfolded */
export function unfolded(all, fresh = new Set()) {
  const mails = all.filter(({ kind, it }) => kind === "message" && !it.muted);
  return new Set([...mails.slice(-2).map(({ id }) => id), ...fresh]);
}

/** For each mail, the addresses that took part before it. @param {Entry[]} all @returns {Map<string, string[]>} */
export function knownBefore(all) {
  /** @type {Set<string>} */
  const known = new Set();
  const before = new Map();
  for (const { kind, id, it } of all) {
    if (kind !== "message") continue;
    before.set(id, [...known]);
    for (const who of [it.sender, ...it.to, ...it.cc]) if (who?.address) known.add(who.address.toLowerCase());
  }
  return before;
}

/** A mail and those that came after it. @param {Entry[]} all @param {string} id @returns {string[]} ids */
export function andLater(all, id) {
  const mails = all.filter(({ kind }) => kind === "message").map((one) => one.id);
  return mails.slice(mails.indexOf(id));
}

/** @param {Entry["kind"]} kind @param {string} at @param {any} it @returns {Entry} */
const entry = (kind, at, it) => ({ kind, at, id: it.id ?? `${kind}-${at}`, it });
