/** How far an erasure is, and what proves it. It goes on by itself, so a reload loses nothing. */

import { useEffect } from "preact/hooks";
import { get } from "../app/api.js";
import { explain, t } from "../app/locale.js";
import { full } from "../app/time.js";
import { useEvery, useLoaded } from "../app/use.js";
import { html } from "./html.js";

const LOOKED_EVERY_MS = 2_000;

/** The erasure of one person. @param {{ path: string, onDone?: () => void }} props */
export function Erased({ path, onDone }) {
  const found = useLoaded((signal) => get(path, { signal }), [path]);
  const view = found.value;
  useEffect(() => void (view?.state === "done" && onDone?.()), [view?.state]);
  useEvery(() => void (view?.state === "running" && found.reload()), LOOKED_EVERY_MS);
  if (found.problem) return html`<p class="soft">${explain(found.problem)}</p>`;
  return view ? html`<${HowFar} view=${view} />` : html`<p class="soft" role="status">${t("loading")}</p>`;
}

/** All erasures of people, the newest first. @param {{ list: string, kinds: Record<string, string> }} props kinds: the words for whose they are */
export function Erasures({ list, kinds }) {
  const found = useLoaded((signal) => get(`${list}?limit=50`, { signal }), [list]);
  const items = /** @type {any[]} */ (found.value?.items ?? []);
  useEvery(() => void (items.some(({ state }) => state === "running") && found.reload()), LOOKED_EVERY_MS);
  if (found.problem) return html`<p class="soft">${explain(found.problem)}</p>`;
  return html`<ul class="stack">${items.map((view) => html`<li key=${view.target_id}><strong>${kinds[view.kind]}</strong> <span class="soft">${full(view.requested_at)}</span><${HowFar} view=${view} /></li>`)}</ul>`;
}

/** @param {{ view: any }} props */
function HowFar({ view }) {
  if (view.state === "held") return html`<p class="notice notice--warning" role="status">${t("erasure-held")}</p>`;
  if (view.state !== "done") return html`<p role="status">${t("erasure-running")}</p><progress class="progress" aria-label=${t("erasure-running")}></progress>`;
  return html`<p role="status">${t("erasure-done", { when: full(view.finished_at) })}</p>
    ${view.receipt ? html`<p><a download="receipt.txt" href=${`data:text/plain;charset=utf-8,${encodeURIComponent(view.receipt)}`}>${t("erasure-receipt")}</a> <span class="soft">${t("erasure-receipt-hint")}</span></p>` : null}`;
}
