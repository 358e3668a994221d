/** Small drawings on a grid of 16, in the colour of the text. Those that point along the line of text turn with it. */

import { html } from "./html.js";

const PATHS = {
  add: "M8 3v10M3 8h10",
  alert: "M8 2 15 14H1zM8 6.5v3.5M8 12v.2",
  attach: "M11.5 5.5 6.6 10.4a1.4 1.4 0 0 0 2 2l5-5a2.9 2.9 0 0 0-4.1-4.1l-5.2 5.2a4.3 4.3 0 0 0 6.1 6.1l4-4",
  back: "M10 3 5 8l5 5",
  bell: "M8 2a4 4 0 0 0-4 4v3l-1.5 2.5h11L12 9V6a4 4 0 0 0-4-4zM6.5 13.5a1.5 1.5 0 0 0 3 0",
  check: "m3 8.5 3.2 3.2L13 5",
  clock: "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM8 4.5V8l2.4 1.6",
  close: "m4 4 8 8m0-8-8 8",
  down: "m4 6 4 4 4-4",
  up: "m4 10 4-4 4 4",
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  filter: "M2 4h12M4.5 8h7M7 12h2",
  forward: "m6 3 5 5-5 5",
  gear: "M8 5.6a2.4 2.4 0 1 0 0 4.8 2.4 2.4 0 0 0 0-4.8zM8 1.5v2M8 12.5v2M1.5 8h2M12.5 8h2M3.4 3.4l1.4 1.4M11.2 11.2l1.4 1.4M12.6 3.4l-1.4 1.4M4.8 11.2l-1.4 1.4",
  inbox: "M2 9.5 4 3h8l2 6.5V13H2zM2 9.5h3.5L6.5 11h3l1-1.5H14",
  lock: "M4 7h8v6.5H4zM5.5 7V5a2.5 2.5 0 0 1 5 0v2",
  mail: "M2 3.5h12v9H2zM2 4l6 5 6-5",
  menu: "M2 4h12M2 8h12M2 12h12",
  merge: "M4 2v3.5C4 8 8 8 8 10.5V14M12 2v3.5C12 8 8 8 8 10.5",
  more: "M3 8h.8M7.6 8h.8M12.2 8h.8",
  note: "M3 2h10v8l-3.5 4H3zM13 10H9.5v4M5.5 5.5h5M5.5 8h3",
  people: "M6 3a2.3 2.3 0 1 0 0 4.6A2.3 2.3 0 0 0 6 3zM1.5 13.5c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M10.5 3.3a2.2 2.2 0 0 1 0 4M12 9.8c1.6.5 2.5 1.8 2.5 3.7",
  refresh: "M13 8a5 5 0 1 1-1.5-3.6M13 2v3h-3",
  reply: "M7 3 2 8l5 5v-3c3.5 0 5.5 1 7 3.5C14 9 11.5 6 7 6z",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3 14 14",
  send: "M14 2 2 7l5 2 2 5zM14 2 7 9",
  shield: "M8 1.5 13.5 4v4c0 3.5-2.5 5.5-5.5 6.5C5 13.5 2.5 11.5 2.5 8V4z",
  snooze: "M4 3h5l-5 6h5M10 8h4l-4 5h4",
  split: "M8 14v-3.5C8 8 4 8 4 5.5V2M8 10.5C8 8 12 8 12 5.5V2",
  tag: "M2 2h6l6 6-6 6-6-6zM5 5h.01",
  undo: "M6 3 2.5 6.5 6 10M2.5 6.5h7a4 4 0 0 1 0 8H6",
};
const TURNING = new Set(["back", "forward", "reply", "send", "undo"]);

/** @param {{ name: keyof typeof PATHS, label?: string }} props without a label it is decoration */
export function Icon({ name, label }) {
  return html`<svg
    class=${TURNING.has(name) ? "icon icon--turning" : "icon"}
    viewBox="0 0 16 16"
    role=${label ? "img" : "presentation"}
    aria-label=${label}
    aria-hidden=${label ? undefined : "true"}
  >
    <path d=${PATHS[name]} />
  </svg>`;
}
