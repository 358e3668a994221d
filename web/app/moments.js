/** Times that people choose: the clock on their wall, in their time zone, as a moment. */

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * The moment at which a clock in a zone shows this.
 * @param {string} wall such as "2026-12-24T09:00" @param {string | undefined} zone an IANA name; the browser's own where there is none
 * @returns {Date | null} null where it is no time
 */
export function momentOf(wall, zone) {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(wall)) return null;
  const asUtc = Date.parse(`${wall}Z`);
  if (Number.isNaN(asUtc)) return null;
  // The offset may change between the guess and the moment, so it is looked up twice.
  const guess = asUtc - offset(asUtc, zone);
  return new Date(asUtc - offset(guess, zone));
}

/** What a clock in a zone shows at a moment, as a field for a time wants it. @param {Date} moment @param {string | undefined} zone */
export function wallOf(moment, zone) {
  return new Date(moment.getTime() + offset(moment.getTime(), zone)).toISOString().slice(0, 16);
}

/**
 * The same time on the wall some days later: where clocks change in between, a day is not 24 hours.
 * @param {number} days @param {Date} now @param {string | undefined} zone
 */
export function inDays(days, now, zone) {
  const later = new Date(now.getTime() + days * DAY_MS);
  return new Date(later.getTime() + offset(now.getTime(), zone) - offset(later.getTime(), zone));
}

/**
 * Times that people choose often: later today, tomorrow morning, Monday morning.
 * @param {Date} now @param {string | undefined} zone
 * @returns {{ words: "moment-later" | "moment-tomorrow" | "moment-monday", at: Date }[]}
 */
export function suggested(now, zone) {
  const today = wallOf(now, zone).slice(0, 10);
  const morning = (/** @type {number} */ days) => `${new Date(Date.parse(`${today}T00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)}T09:00`;
  const weekday = new Date(`${today}T00:00Z`).getUTCDay();
  const toMonday = ((8 - weekday) % 7) || 7;
  const hour = Math.ceil((now.getTime() + 2 * 60 * MINUTE_MS) / (30 * MINUTE_MS)) * 30 * MINUTE_MS;
  const all = [
    { words: /** @type {const} */ ("moment-later"), at: new Date(hour) },
    { words: /** @type {const} */ ("moment-tomorrow"), at: momentOf(morning(1), zone) },
    { words: /** @type {const} */ ("moment-monday"), at: toMonday === 1 ? null : momentOf(morning(toMonday), zone) },
  ];
  return all.flatMap(({ words, at }) => (at ? [{ words, at }] : []));
}

/** Milliseconds by which a zone's clocks are ahead of UTC. @param {number} moment @param {string | undefined} zone */
function offset(moment, zone) {
  const parts = new Intl.DateTimeFormat("en-u-ca-gregory-nu-latn", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  }).formatToParts(new Date(moment));
  const part = (/** @type {string} */ type) => parts.find((one) => one.type === type)?.value ?? "";
  const shown = Date.parse(`${part("year").padStart(4, "0")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}Z`);
  return shown - Math.floor(moment / MINUTE_MS) * MINUTE_MS;
}
