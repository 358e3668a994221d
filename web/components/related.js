/** What has to do with a ticket: what people linked or merged, what may belong to it, and what that is to become. */

import { useState } from "preact/hooks";
import { post, remove } from "../app/api.js";
import { explain, t } from "../app/locale.js";
import { go, link } from "../app/router.js";
import { may } from "../app/session.js";
import { Button } from "./button.js";
import { html } from "./html.js";
import { State } from "./state.js";
import { Link, Merge } from "./structure.js";
import { say } from "./toasts.js";

const KINDS = /** @type {const} */ (["linked", "merged", "suggested", "copies"]);

/** @param {{ ticket: any, related: any, onChange: () => void }} props related: as the desk answered it, once it did */
export function Related({ ticket, related, onChange }) {
  const [asking, setAsking] = useState(/** @type {"merge" | "link" | null} */ (null));
  const whole = !ticket.merged_into && !ticket.destroyed_at;
  const offered = [...(related?.suggested ?? []), ...(related?.linked ?? [])];
  /** @param {() => Promise<any>} work */
  const act = async (work) => {
    try {
      await work();
    } catch (error) {
      say(explain(error), { kind: "problem" });
    }
    onChange();
  };
  const separate = (/** @type {any} */ one) =>
    act(async () => {
      await post(`/api/tickets/${ticket.id}/unmerge`, { source_id: one.id }, { version: ticket.version });
      say(t("unmerge-done", { code: one.code }), { action: { words: t("action-open"), run: () => go(link(["tickets", one.id])) } });
    });
  /** @param {typeof KINDS[number]} kind @param {any} one what can be done with it */
  const acts = (kind, one) => {
    if (!whole || !may("ticket:write")) return null;
    if (kind === "linked" && ticket.links.includes(one.id)) return html`<${Button} kind="quiet" icon="close" label=${t("link-remove", { code: one.code })} onClick=${() => act(() => remove(`/api/tickets/${ticket.id}/links/${one.id}`))} />`;
    if (kind === "merged" && may("ticket:merge")) return html`<${Button} kind="quiet" icon="split" label=${t("unmerge-do", { code: one.code })} onClick=${() => separate(one)} />`;
    return null;
  };
  return html`<section class="stack-small" aria-labelledby="side-links">
    <h2 class="side__heading" id="side-links">${t("side-links")}</h2>
    ${KINDS.filter((kind) => related?.[kind].length > 0).map(
      (kind) => html`<div key=${kind} class="stack-small"><h3 class="side__heading soft">${t(`related-${kind}`)}</h3>
        <ul class="related">${related[kind].map(
          (/** @type {any} */ one) => html`<li key=${one.id} class="related__row"><div><a href=${`#/tickets/${one.id}`}><span dir="auto">${one.subject || t("subject-none")}</span></a>
            <span class="soft row"><bdi class="code">${one.code}</bdi> <${State} state=${one.state} />${one.id === ticket.follow_up_of ? t("related-before") : one.follow_up_of === ticket.id ? t("related-after") : ""}</span></div>${acts(kind, one)}</li>`,
        )}</ul></div>`,
    )}
    ${whole && may("ticket:write")
      ? html`<div class="row"><${Button} onClick=${() => setAsking("link")}>${t("link-title")}<//>${may("ticket:merge") ? html`<${Button} icon="merge" onClick=${() => setAsking("merge")}>${t("merge-title")}<//>` : null}</div>`
      : null}
    ${asking ? html`<${asking === "merge" ? Merge : Link} ticket=${ticket} offered=${offered} onDone=${onChange} onClose=${() => setAsking(null)} />` : null}
  </section>`;
}
