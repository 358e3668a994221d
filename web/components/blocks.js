/** A long list that costs little: rows are there while they are near what is seen, else the room that they take. */

import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "./html.js";

const ROWS = 25;
const ROW_HEIGHT = 57;
const NEAR = "1000px 0px";

/** @param {{ rows: any[], render: (row: any, index: number) => any, onEnd: (() => void) | null, label: string }} props */
export function Blocks({ rows, render, onEnd, label }) {
  const count = Math.ceil(rows.length / ROWS);
  return html`<div class="queue" role="list" aria-label=${label}>
      ${Array.from({ length: count }, (_, n) => html`<${Block} key=${n} rows=${rows.slice(n * ROWS, (n + 1) * ROWS)} start=${n * ROWS} render=${render} />`)}
    </div>
    ${onEnd ? html`<${End} key=${rows.length} onEnd=${onEnd} />` : null}`;
}

/** @param {{ rows: any[], start: number, render: (row: any, index: number) => any }} props */
function Block({ rows, start, render }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const height = useRef(0);
  const [near, setNear] = useState(start < 2 * ROWS);
  useEffect(() => {
    const element = /** @type {HTMLElement} */ (box.current);
    const observer = new IntersectionObserver(
      (seen) => {
        const { isIntersecting, boundingClientRect } = seen[seen.length - 1];
        if (element.childElementCount > 0) height.current = boundingClientRect.height;
        setNear(isIntersecting || element.contains(document.activeElement));
      },
      { rootMargin: NEAR },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const room = near ? undefined : { blockSize: `${height.current || rows.length * ROW_HEIGHT}px` };
  return html`<div ref=${box} style=${room}>${near ? rows.map((row, n) => render(row, start + n)) : null}</div>`;
}

/** What is reached when the end comes near. @param {{ onEnd: () => void }} props */
function End({ onEnd }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const latest = useRef(onEnd);
  latest.current = onEnd;
  useEffect(() => {
    const observer = new IntersectionObserver((seen) => seen.some(({ isIntersecting }) => isIntersecting) && latest.current(), { rootMargin: "600px 0px" });
    observer.observe(/** @type {HTMLElement} */ (box.current));
    return () => observer.disconnect();
  }, []);
  return html`<div ref=${box}></div>`;
}
