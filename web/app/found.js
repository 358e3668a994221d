/** What the last search found: its tickets are gone through like those of a list. */

/** @type {import("./tickets.js").Row[]} */
let rows = [];
export const foundRows = () => rows;
export const showFound = (/** @type {import("./tickets.js").Row[]} */ found) => void (rows = found);
