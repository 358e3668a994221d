/** A week of opening hours as a form holds it, and as the desk keeps it: {"mon": ["09:00-17:00"]}. */

/** @typedef {{ from: string, to: string }} Span */
/** @typedef {Record<string, Span[]>} Week */

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** @param {Record<string, string[]>} hours @returns {Week} */
export function weekOf(hours) {
  return Object.fromEntries(
    DAYS.map((day) => [
      day,
      (hours[day] ?? []).map((span) => {
        const [from = "", to = ""] = span.split("-");
        return { from, to: to === "24:00" ? "00:00" : to };
      }),
    ]),
  );
}

/** Midnight at the end of an opening is 24:00 for the desk. @param {Week} week */
export function hoursOf(week) {
  return Object.fromEntries(
    DAYS.filter((day) => (week[day] ?? []).length > 0).map((day) => [
      day,
      (week[day] ?? []).map(({ from, to }) => `${from}-${to === "00:00" ? "24:00" : to}`),
    ]),
  );
}

/** The days of which an opening has no beginning, no end, or no length. @param {Week} week */
export const wrongDays = (week) => DAYS.filter((day) => (week[day] ?? []).some(({ from, to }) => !from || !to || from === to));

/** The next opening of a day, after those that it has. @param {Span[]} spans @returns {Span} */
export const nextSpan = (spans) => (spans.length === 0 ? { from: "09:00", to: "17:00" } : { from: spans.at(-1)?.to ?? "", to: "" });

/** Minutes as hours and minutes: "1:30". @param {number | null | undefined} minutes */
export const clockOf = (minutes) => (minutes ? `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}` : "");

/** What somebody wrote, "4", "4:30" or "0:15", in minutes; null for nothing, NaN for what is no time. @param {string} text */
export function minutesOf(text) {
  if (text.trim() === "") return null;
  const found = /^\s*(\d{1,5})(?::([0-5]\d))?\s*$/.exec(text);
  return found ? Number(found[1]) * 60 + Number(found[2] ?? 0) : NaN;
}
