/**
 * A table that also reads well where there is no room for one: then each row is a stack of its cells, each beside the
 * words of its column, and nothing is scrolled sideways. Browsers take the roles of a table from what is no longer laid
 * out as one, so that they are all said here; the words beside a cell are drawn by the style sheet for the eyes only,
 * as a screen reader has them from the heads, which stay.
 */

import { html } from "./html.js";

/**
 * @typedef {object} Column
 * @property {string} words what stands at its head
 * @property {boolean} [head] its cells name their row
 * @property {boolean} [number] its cells are numbers
 * @property {boolean} [brief] its cells are a word or two, on one line
 * @property {boolean} [bare] what it holds tells by itself what it is: buttons, links
 * @typedef {object} Line
 * @property {string} key
 * @property {any[]} cells one for each column; where there is nothing (null), nothing stands in a stack
 */

/**
 * @param {{ label: string, columns: Column[], rows: Line[], foot?: any[], box?: boolean, kind?: string }} props box: it stands by
 *   itself on the page; kind: a class of its own
 */
export function Table({ label, columns, rows, foot, box, kind = "" }) {
  const cells = (/** @type {any[]} */ of) => columns.map((column, at) => html`<${Cell} key=${at} column=${column} of=${of[at]} />`);
  return html`<div class=${`table-room scroll ${box ? "box" : ""} ${kind}`} tabindex="0" role=${box ? "region" : "group"} aria-label=${label}>
    <table class="table" role="table">
      <thead role="rowgroup"><tr role="row">${columns.map(({ words, bare, number }, at) => html`<th key=${at} class=${number ? "number" : ""} role="columnheader" scope="col"><span class=${bare ? "visually-hidden" : ""} dir="auto">${words}</span></th>`)}</tr></thead>
      <tbody role="rowgroup">${rows.map((row) => html`<tr key=${row.key} role="row">${cells(row.cells)}</tr>`)}</tbody>
      ${foot ? html`<tfoot role="rowgroup"><tr role="row">${cells(foot)}</tr></tfoot>` : null}
    </table>
  </div>`;
}

/** @param {{ column: Column, of: any }} props */
function Cell({ column: { words, head, number, brief, bare }, of }) {
  if (head) return html`<th role="rowheader" scope="row">${of}</th>`;
  const empty = of === null || of === undefined;
  return html`<td role="cell" class=${number ? "number" : brief ? "brief" : ""} data-words=${bare || empty ? undefined : words}>${empty ? null : html`<div>${of}</div>`}</td>`;
}
