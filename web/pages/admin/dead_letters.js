/** Deliveries that were given up: of which function, since when, and having them made again. */

import { useState } from "preact/hooks";
import { get, post } from "../../app/api.js";
import { t } from "../../app/locale.js";
import { full, number, relative } from "../../app/time.js";
import { useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { html } from "../../components/html.js";
import { say } from "../../components/toasts.js";
import { Box, Empty, Sure, useWork, Waiting } from "./parts.js";

const LIST = "/api/dead_letters/";
const AT_ONCE = 100;
const LISTED = 500;

export function DeadLetters() {
  const list = useLoaded((signal) => get(`${LIST}?limit=${LISTED}`, { signal }), []);
  const items = /** @type {any[]} */ (list.value?.items ?? []);
  const subscriptions = [...new Set(items.map(({ subscription }) => subscription))].sort();
  return html`<p class="soft">${t("dead-hint")}</p>
    <div class="row"><${Button} icon="refresh" busy=${list.loading} onClick=${list.reload}>${t("action-refresh")}<//></div>
    <${Waiting} of=${list} />
    ${list.value && items.length === 0 ? html`<${Empty} words=${t("dead-none")} icon="check" />` : null}
    ${list.value?.more ? html`<p class="notice notice--warning">${t("dead-more", { count: LISTED })}</p>` : null}
    ${subscriptions.map((name) => html`<${Subscription} key=${name} name=${name} letters=${items.filter(({ subscription }) => subscription === name)} reload=${list.reload} />`)}`;
}

/** @param {{ name: string, letters: any[], reload: () => Promise<void> }} props */
function Subscription({ name, letters, reload }) {
  const [asking, setAsking] = useState(false);
  const { busy, problem, run } = useWork(reload);
  const [what, topic] = name.split(".");
  const oldest = letters.map(({ published_at }) => published_at).sort()[0];
  const replay = async () => {
    const done = await run(() => post(`${LIST}replay`, { subscription: name, limit: AT_ONCE }), { words: "" });
    if (!done) return;
    setAsking(false);
    say(t("dead-replayed", { count: done.answer.count, left: number(done.answer.left) }));
  };
  return html`<${Box} title=${what.replaceAll("-", "_")} action=${html`<${Button} kind="primary" icon="refresh" onClick=${() => setAsking(true)}>${t("dead-replay")}<//>`}>
    <p>${t("dead-count", { count: letters.length, number: number(letters.length) })} <span class="soft">· <bdi class="code">${topic}</bdi></span></p>
    <p class="soft">${t("dead-oldest")} <time datetime=${oldest} title=${full(oldest)}>${relative(oldest)}</time> · ${t("dead-attempts", { count: Math.max(...letters.map(({ attempts }) => attempts)) })}</p>
    ${asking ? html`<${Sure} title=${t("dead-replay")} words=${t("dead-replay-what", { count: Math.min(AT_ONCE, letters.length) })} submit=${t("dead-replay")} kind="primary" busy=${busy} problem=${problem} onClose=${() => setAsking(false)} onDo=${replay} />` : null}
  <//>`;
}
