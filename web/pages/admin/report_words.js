/** What each report shows: its columns, and what of it is drawn. */

import { language } from "../../app/locale.js";
import { number } from "../../app/time.js";

/**
 * @typedef {object} Shape
 * @property {{ words: string, show: (row: any) => string }[]} columns
 * @property {{ words: string, value: (row: any) => number | null }[]} series
 * @property {"bars" | "lines"} chart of days
 * @property {"number" | "duration"} format
 */

const NONE = "–";
const count = (/** @type {number | null | undefined} */ value) => (value === null || value === undefined ? NONE : number(value));
const long = (/** @type {number | null | undefined} */ value) => (value === null || value === undefined ? NONE : duration(value));

/** The seconds of the unit in which a time is told, and in whose steps an axis goes. @param {number} seconds */
export const unitOf = (seconds) => (seconds >= 172_800 ? 86_400 : seconds >= 3_600 ? 3_600 : 60);

/** @type {Record<number, string>} */
const UNITS = { 86_400: "day", 3_600: "hour", 60: "minute" };

/** @param {number} seconds */
export function duration(seconds) {
  const unit = unitOf(seconds);
  const style = { style: "unit", unit: UNITS[unit], unitDisplay: "short", maximumFractionDigits: 1 };
  return new Intl.NumberFormat(language(), /** @type {Intl.NumberFormatOptions} */ (style)).format(seconds / unit);
}

/** @param {number | null} score percent */
const percent = (score) => (score === null ? NONE : new Intl.NumberFormat(language(), { style: "percent", maximumFractionDigits: 0 }).format(score / 100));

const spread = (/** @type {"first_reply" | "solution"} */ name) =>
  [
    { words: `report-${name}-count`, show: (/** @type {any} */ row) => count(row[name].count) },
    { words: `report-${name}-median`, show: (/** @type {any} */ row) => long(row[name].median) },
    { words: `report-${name}-p90`, show: (/** @type {any} */ row) => long(row[name].p90) },
    { words: `report-${name}-business`, show: (/** @type {any} */ row) => long(row[name].business_median) },
  ];

/** @type {Record<string, Shape>} */
export const REPORTS = {
  volumes: {
    columns: ["created", "solved", "reopened", "unsolved", "mails_in", "mails_out"].map((name) => ({ words: `report-${name}`, show: (row) => count(row[name]) })),
    series: ["created", "solved"].map((name) => ({ words: `report-${name}`, value: (row) => row[name] })),
    chart: "lines",
    format: "number",
  },
  times: {
    columns: [...spread("first_reply"), ...spread("solution")],
    series: [
      { words: "report-first_reply-median", value: (row) => row.first_reply.median },
      { words: "report-solution-median", value: (row) => row.solution.median },
    ],
    chart: "bars",
    format: "duration",
  },
  satisfaction: {
    columns: [
      { words: "rule-rating-good", show: (row) => count(row.good) },
      { words: "rule-rating-bad", show: (row) => count(row.bad) },
      { words: "report-score", show: (row) => percent(row.score) },
    ],
    series: ["good", "bad"].map((name) => ({ words: `rule-rating-${name}`, value: (row) => row[name] })),
    chart: "bars",
    format: "number",
  },
};
