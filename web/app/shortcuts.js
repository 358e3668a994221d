/**
 * Keys that do something. A key belongs to the innermost thing on the page that wants it; keys typed into a field are
 * the field's, but for those with Ctrl or Cmd. "g m" is two keys, one after the other. While a question waits in a
 * dialog, only keys with Ctrl or Cmd go past it. Who writes in other letters than Latin ones presses the same keys.
 */

/** @typedef {{ keys: string, words: string, run: () => void }} Shortcut `words` is the key of its description */

const BETWEEN_MS = 1_500;

/** @type {(() => Shortcut[])[]} the innermost last */
const layers = [];

/**
 * Offer keys as long as something is shown; which those are may change, and its place among the others does not.
 * @param {() => Shortcut[]} shortcuts @returns {() => void} takes them back
 */
export function offer(shortcuts) {
  layers.push(shortcuts);
  return () => void layers.splice(layers.indexOf(shortcuts), 1);
}

/** What can be done by keys now, the innermost first. @returns {Shortcut[]} */
export function offered() {
  const seen = new Set();
  return layers
    .toReversed()
    .flatMap((layer) => layer())
    .filter(({ keys }) => !seen.has(keys) && seen.add(keys));
}

/** Keys beside the letters, by their place on the keyboard: what they write in Latin letters. */
const SIGNS = /** @type {Record<string, string>} */ ({ Slash: "/", Period: "." });

/** What a key writes in Latin letters: "ت" and "о" stand where "j" does. @param {Pick<KeyboardEvent, "key" | "code">} event */
function latin({ key, code }) {
  if (/^[\x20-\x7e]+$/.test(key)) return key;
  return key === "؟" ? "?" : (/^Key([A-Z])$/.exec(code)?.[1] ?? SIGNS[code] ?? key);
}

/** The name of a key press: "j", "?", "Mod+Enter". @param {Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey">} event */
export function nameOf(event) {
  const modifiers = `${event.ctrlKey || event.metaKey ? "Mod+" : ""}${event.altKey ? "Alt+" : ""}`;
  const key = latin(event);
  return modifiers + (key.length === 1 ? key.toLowerCase() : key);
}

/** The first key of two, until the second comes. @type {{ keys: string, until: number } | null} */
let begun = null;

/**
 * What a key means: something that is done, the first of two keys, or nothing.
 * @param {string} name @param {Shortcut[]} all @param {number} now @returns {Shortcut | "begun" | null}
 */
export function meant(name, all, now) {
  const before = begun && begun.until > now ? begun.keys : null;
  begun = null;
  const found = all.find(({ keys }) => keys === (before ? `${before} ${name}` : name)) ?? all.find(({ keys }) => keys === name);
  if (found) return found;
  if (!all.some(({ keys }) => keys.startsWith(`${name} `))) return null;
  begun = { keys: name, until: now + BETWEEN_MS };
  return "begun";
}

/** @param {KeyboardEvent} event */
function pressed(event) {
  if (event.defaultPrevented || event.isComposing || event.key === "Shift") return;
  const name = nameOf(event);
  if (belongsToWhatHasFocus(event.target, name)) return;
  const found = meant(name, offered(), event.timeStamp);
  if (!found) return;
  event.preventDefault();
  if (found !== "begun") found.run();
}

/** @param {EventTarget | null} target @param {string} name */
function belongsToWhatHasFocus(target, name) {
  if (name.startsWith("Mod+")) return false;
  if (!(target instanceof HTMLElement)) return false;
  if (name === "Enter" && target.closest("a, button, summary, input")) return true;
  if (target.closest("dialog")) return true;
  return name !== "Escape" && isTyping(target);
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox],[type=radio]), textarea, select"));
}

addEventListener("keydown", pressed);
