/**
 * Which language and theme the page is shown in, before anything is asked of the server.
 * What a person chose is kept in this browser; until then the browser's own wishes count.
 */

export const LANGUAGES = /** @type {const} */ (["en", "ar"]);
const RIGHT_TO_LEFT = new Set(["ar"]);

/** @typedef {"en" | "ar"} Language */
/** @typedef {"system" | "light" | "dark"} Theme */

/** @returns {Language} */
export function chosenLanguage() {
  const wished = [kept("language"), ...navigator.languages].map((tag) => (tag ?? "").slice(0, 2));
  return LANGUAGES.find((language) => language === wished.find((tag) => LANGUAGES.includes(/** @type {any} */ (tag)))) ?? "en";
}

/** @returns {Theme} */
export function chosenTheme() {
  const theme = kept("theme");
  return theme === "light" || theme === "dark" ? theme : "system";
}

/** @param {Language} language */
export function showLanguage(language) {
  document.documentElement.lang = language;
  document.documentElement.dir = RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";
}

/** @param {Theme} theme */
export function showTheme(theme) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const show = () => {
    const isDark = theme === "dark" || (theme === "system" && dark.matches);
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
  };
  dark.onchange = show;
  show();
}

/** @param {string} name @param {string} value */
export function keep(name, value) {
  try {
    localStorage.setItem(`desk.${name}`, value);
  } catch {
    // A browser that keeps nothing still works; the choice lasts as long as the page.
  }
}

/** @param {string} name @returns {string | null} */
export function kept(name) {
  try {
    return localStorage.getItem(`desk.${name}`);
  } catch {
    return null;
  }
}

/**
 * Hold words that are being written as long as this window lives: not longer, since they may be of a mail.
 * @param {string} name @param {string} words @param {boolean} [alone]
 */
export function hold(name, words, alone) {
  try {
    if (alone) sessionStorage.clear();
    if (words) sessionStorage.setItem(`desk.${name}`, words);
    else sessionStorage.removeItem(`desk.${name}`);
  } catch {
    // They are still on the page, and soon on the server.
  }
}

/** @param {string} name @returns {string | null} */
export function held(name) {
  try {
    return sessionStorage.getItem(`desk.${name}`);
  } catch {
    return null;
  }
}

/** Begin anew where another person wrote in this window. @param {string} id whose it is now */
export function holdFor(id) {
  if (held("of") !== id) hold("of", id, true);
}
