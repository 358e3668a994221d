/**
 * Keys that do something. A key belongs to the innermost thing on the page that wants it; keys typed into a field are
 * the field's, but for those with Ctrl or Cmd.
 */

/** @typedef {{ keys: string, words: string, run: () => void }} Shortcut `words` is the key of its description */

/** @type {Shortcut[][]} the innermost last */
const layers = [];

/** Offer keys as long as something is shown. @param {Shortcut[]} shortcuts @returns {() => void} takes them back */
export function offer(shortcuts) {
  layers.push(shortcuts);
  return () => void layers.splice(layers.indexOf(shortcuts), 1);
}

/** What can be done by keys now, the innermost first. @returns {Shortcut[]} */
export function offered() {
  const seen = new Set();
  return layers
    .toReversed()
    .flat()
    .filter(({ keys }) => !seen.has(keys) && seen.add(keys));
}

/** The name of a key press: "j", "Shift+?", "Mod+Enter". @param {Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">} event */
export function nameOf(event) {
  const modifiers = `${event.ctrlKey || event.metaKey ? "Mod+" : ""}${event.altKey ? "Alt+" : ""}`;
  return modifiers + (event.key.length === 1 ? event.key.toLowerCase() : event.key);
}

/** @param {KeyboardEvent} event */
function pressed(event) {
  if (event.defaultPrevented || event.isComposing) return;
  const name = nameOf(event);
  if (isTyping(event.target) && !name.startsWith("Mod+") && name !== "Escape") return;
  const found = offered().find(({ keys }) => keys === name);
  if (!found) return;
  event.preventDefault();
  found.run();
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox],[type=radio]), textarea, select"));
}

addEventListener("keydown", pressed);
