/** Times as people read them, in their language and time zone. */

import { language } from "./locale.js";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** @type {string | undefined} */
let zone;

/** Where times are shown; the browser's own zone where there is none. */
export const timeZone = () => zone;

/** @param {string | undefined} name an IANA name; the browser's own where there is none */
export function useTimeZone(name) {
  zone = name;
}

/** @param {string} moment RFC 3339 */
export function full(moment) {
  return format(new Date(moment), { dateStyle: "full", timeStyle: "short" });
}

/** When so many seconds will have passed, by the next whole minute: nobody comes too early. @param {number} seconds */
export const clockAfter = (seconds) => clock(new Date(Math.ceil((Date.now() / 1000 + seconds) / MINUTE) * MINUTE * 1000));

/** The time of today, the day of this year, else the date. @param {string} moment @param {Date} [now] */
export function short(moment, now = new Date()) {
  const then = new Date(moment);
  if (day(then) === day(now)) return clock(then);
  if (year(then) === year(now)) return format(then, { month: "short", day: "numeric" });
  return format(then, { dateStyle: "medium" });
}

/** "in 2 hours", "3 days ago". @param {string} moment @param {Date} [now] */
export function relative(moment, now = new Date()) {
  const seconds = (new Date(moment).getTime() - now.getTime()) / 1000;
  const [unit, size] = unitOf(Math.abs(seconds));
  return made(Intl.RelativeTimeFormat, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

/** @param {number} seconds @returns {[Intl.RelativeTimeFormatUnit, number]} */
export function unitOf(seconds) {
  if (seconds < MINUTE) return ["second", 1];
  if (seconds < HOUR) return ["minute", MINUTE];
  if (seconds < DAY) return ["hour", HOUR];
  return ["day", DAY];
}

/** @param {number} value */
export const number = (value) => made(Intl.NumberFormat, {}).format(value);

/** @param {string[]} things */
export const list = (things) => made(Intl.ListFormat, { type: "unit" }).format(things);

const clock = (/** @type {Date} */ moment) => format(moment, { hour: "numeric", minute: "2-digit" });
const day = (/** @type {Date} */ moment) => format(moment, { dateStyle: "short" });
const year = (/** @type {Date} */ moment) => format(moment, { year: "numeric" });

/** @param {Date} moment @param {Intl.DateTimeFormatOptions} options */
const format = (moment, options) => made(Intl.DateTimeFormat, { ...options, timeZone: zone }).format(moment);

/** Formats that were made: making one takes as long as using it a hundred times. @type {Map<string, any>} */
const formats = new Map();

/** @template T @param {new (language: string, options: any) => T} Kind @param {Record<string, unknown>} options @returns {T} */
export function made(Kind, options) {
  const key = `${Kind.name} ${language()} ${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new Kind(language(), options));
  return formats.get(key);
}
