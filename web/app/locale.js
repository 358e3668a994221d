/** The words of the page, by Fluent: plurals of every language, and inserted names isolated from the text around them. */

import { FluentBundle, FluentResource } from "fluent";
import { chosenLanguage, keep, showLanguage } from "./appearance.js";
import { clockAfter } from "./time.js";

/** @typedef {import("./appearance.js").Language} Language */
/** @typedef {Record<string, string | number | Date>} Words */

/** @type {FluentBundle} */
let bundle;
/** @type {Language} */
let current = "en";
/** @type {Set<() => void>} */
const listeners = new Set();

/** Load the words of a language. @param {Language} language */
export async function useLanguage(language) {
  const answer = await fetch(`/desk/locales/${language}.ftl`);
  const loaded = new FluentBundle(language, { useIsolating: true });
  const errors = loaded.addResource(new FluentResource(await answer.text()));
  if (errors.length > 0) console.error("words", language, errors.map(String).join("; "));
  bundle = loaded;
  current = language;
  showLanguage(language);
  for (const tell of listeners) tell();
}

/** Change the language, and remember the choice. @param {Language} language */
export async function chooseLanguage(language) {
  keep("language", language);
  await useLanguage(language);
}

export const startLanguage = () => useLanguage(chosenLanguage());
export const language = () => current;
export const onLanguage = (/** @type {() => void} */ tell) => {
  listeners.add(tell);
  return () => void listeners.delete(tell);
};

/**
 * Return the words of a key.
 * @param {string} key @param {Words} [words]
 */
export function t(key, words = {}) {
  const message = bundle.getMessage(key);
  if (!message?.value) {
    console.error("words: no", key);
    return key;
  }
  /** @type {Error[]} */
  const errors = [];
  const text = bundle.formatPattern(message.value, words, errors);
  if (errors.length > 0) console.error("words:", key, String(errors[0]));
  return text;
}

/** Whether there are words of a key. @param {string} key */
export const has = (key) => bundle.hasMessage(key);

/**
 * Say what went wrong, for a person: what happened, what was kept, what to do.
 * @param {unknown} error
 */
export function explain(error) {
  const { code = "internal", params = {}, retryAfter = 0 } = /** @type {any} */ (error) ?? {};
  const own = `error-${code.replaceAll(".", "-")}`;
  const keys = [`${own}-${params.reason}`, own, `error-${code.split(".")[0]}`]; // the reason's words, else its own, else its family's
  return t(keys.find(has) ?? "error-other", { ...plain(params), until: clockAfter(retryAfter), code });
}

/** @param {Record<string, any>} params @returns {Words} */
function plain(params) {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
  );
}
