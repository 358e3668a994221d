/** A small chart: bars or lines, told apart by shape as well as colour. Its table says the same in numbers. */

import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { bars, labelled, line, steps } from "../app/charts.js";
import { language } from "../app/locale.js";
import { html } from "./html.js";

const WIDEST = 720;
const HEIGHT = 180;
const MARGIN = { side: 52, top: 8, bottom: 22 };
const LABEL_WIDTH = 84;

/** @typedef {{ name: string, values: (number | null)[] }} Series at most two */

/** @param {{ kind: "bars" | "lines", label: string, labels: string[], series: Series[], format: (value: number) => string, least?: number }} props least: the smallest step of the axis */
export function Chart({ kind, label, labels, series, format, least }) {
  // A unit of the drawing is a pixel of the page, so that its words are as large as all others.
  const drawn = useRef(/** @type {SVGSVGElement | null} */ (null));
  const [width, setWidth] = useState(WIDEST);
  useLayoutEffect(() => {
    const sizes = new ResizeObserver(([entry]) => entry && entry.contentRect.width > 0 && setWidth(Math.min(WIDEST, Math.round(entry.contentRect.width))));
    if (drawn.current) sizes.observe(drawn.current);
    return () => sizes.disconnect();
  }, []);
  const hatch = useId().replaceAll(":", "");
  const mirrored = language() === "ar";
  const marks = steps(Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0))), least);
  const frame = { width: width - MARGIN.side, height: HEIGHT - MARGIN.top - MARGIN.bottom, end: marks.at(-1) ?? 1, mirrored };
  const group = frame.width / Math.max(1, labels.length);
  const middle = (/** @type {number} */ index) => (mirrored ? frame.width - (index + 0.5) * group : (index + 0.5) * group);
  return html`<figure class="stack">
    <svg ref=${drawn} class="chart" viewBox=${`0 0 ${width} ${HEIGHT}`} role="img" aria-label=${label} direction="ltr">
      <defs><pattern id=${hatch} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="chart__ground" width="5" height="5" /><rect class="chart__bar" width="2.5" height="5" /></pattern></defs>
      <g transform=${`translate(${mirrored ? 0 : MARGIN.side} ${MARGIN.top})`}>
        ${marks.map((mark) => {
          const y = frame.height - (mark / frame.end) * frame.height;
          return html`<g key=${mark}>
            <line class="chart__axis" x1="0" x2=${frame.width} y1=${y} y2=${y} />
            <text x=${mirrored ? frame.width + 6 : -6} y=${y + 4} text-anchor=${mirrored ? "start" : "end"}>${isolated(format(mark))}</text>
          </g>`;
        })}
        ${labelled(labels.length, Math.max(2, Math.floor(width / LABEL_WIDTH))).map((index) => html`<text key=${index} x=${middle(index)} y=${frame.height + 16} text-anchor="middle">${short(labels[index] ?? "")}</text>`)}
        ${kind === "lines"
          ? series.map(({ name, values }, at) => html`<path key=${name} class=${`chart__line${at ? " chart__other" : ""}`} stroke-dasharray=${at ? "5 4" : undefined} d=${line(values, frame)} />`)
          : bars(series.map(({ values }) => values), frame).map(
              (bar) => html`<rect key=${`${bar.series} ${bar.index}`} class=${bar.series ? "chart__other" : "chart__bar"} fill=${bar.series ? `url(#${hatch})` : undefined} stroke=${bar.series ? "currentColor" : undefined} x=${bar.x} y=${bar.y} width=${bar.width} height=${bar.height} />`,
            )}
      </g>
    </svg>
    <figcaption class="row">
      ${series.map(
        ({ name }, at) => html`<span class="row" key=${name}>
          <svg class=${`chart__key${at ? " chart__other" : ""}`} width="24" height="10" aria-hidden="true">
            ${kind === "lines"
              ? html`<line class="chart__line" x1="0" x2="24" y1="5" y2="5" stroke-dasharray=${at ? "5 4" : undefined} />`
              : html`<rect class=${at ? "" : "chart__bar"} fill=${at ? `url(#${hatch})` : undefined} stroke="currentColor" x="1" y="1" width="22" height="8" />`}
          </svg>
          ${name}
        </span>`,
      )}
    </figcaption>
  </figure>`;
}

/** @param {string} text */
const short = (text) => isolated(text.length > 14 ? `${text.slice(0, 13)}…` : text);

/** The chart is laid out by numbers; each text in it runs as its own script does. @param {string} text */
const isolated = (text) => `\u2068${text}\u2069`;
