/** The arithmetic of small charts: what is drawn where. Nothing here knows of colours or markup. */

/**
 * The end of an axis that holds everything, and round steps up to it.
 * @param {number} largest @param {number} [least] how small a step may be: 1 for what is counted
 * @returns {number[]} from 0
 */
export function steps(largest, least = 0) {
  if (!(largest > 0)) return [0, 1];
  const rough = largest / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough) ?? rough;
  const whole = Math.max(least, step);
  return Array.from({ length: Math.ceil(largest / whole) + 1 }, (_, index) => index * whole);
}

/**
 * Where a value stands between the bottom and the top of a chart.
 * @param {number} value @param {number} end of the axis @param {number} height
 */
export const heightOf = (value, end, height) => (end > 0 ? (Math.max(0, value) / end) * height : 0);

/**
 * Bars of several series side by side, one group for each label. Where the script runs the other way, so do they.
 * @param {(number | null)[][]} series @param {{ width: number, height: number, end: number, mirrored?: boolean }} frame
 * @returns {{ x: number, y: number, width: number, height: number, series: number, index: number }[]}
 */
export function bars(series, { width, height, end, mirrored = false }) {
  const count = series[0]?.length ?? 0;
  const group = width / Math.max(1, count);
  const one = Math.min(28, (group * 0.7) / Math.max(1, series.length));
  return series.flatMap((values, at) =>
    values.map((value, index) => {
      const begin = index * group + (group - one * series.length) / 2 + at * one;
      const tall = heightOf(value ?? 0, end, height);
      return { x: mirrored ? width - begin - one : begin, y: height - tall, width: one, height: tall, series: at, index };
    }),
  );
}

/**
 * A line through values, as the points of a path; where there is no value it is broken.
 * @param {(number | null)[]} values @param {{ width: number, height: number, end: number, mirrored?: boolean }} frame
 */
export function line(values, { width, height, end, mirrored = false }) {
  let path = "";
  let broken = true;
  values.forEach((value, index) => {
    if (value === null) return void (broken = true);
    const along = (width * (index + 0.5)) / values.length;
    const x = mirrored ? width - along : along;
    path += `${broken ? "M" : "L"}${round(x)} ${round(height - heightOf(value, end, height))}`;
    broken = false;
  });
  return path;
}

/** The days of a report that ends today. @param {number} days @param {Date} now @param {string} zone */
export function lastDays(days, now, zone) {
  const day = (/** @type {number} */ back) => new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date(now.getTime() - back * 86_400_000));
  return { since: day(days - 1), until: day(0) };
}

/** Which labels stand under a chart that has no room for all. @param {number} count @param {number} most */
export function labelled(count, most) {
  const every = Math.max(1, Math.ceil(count / most));
  return Array.from({ length: count }, (_, index) => index).filter((index) => index % every === 0);
}

const round = (/** @type {number} */ value) => Math.round(value * 10) / 10;
