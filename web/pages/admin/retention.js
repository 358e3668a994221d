/** How long a mailbox's content is kept: what the rules would erase is shown before they are saved. */

import { useState } from "preact/hooks";
import { get, patch } from "../../app/api.js";
import { explain, t } from "../../app/locale.js";
import { full, number } from "../../app/time.js";
import { useEvery, useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { Box, FormDialog, mailboxName, useDraft, useWork, Waiting } from "./parts.js";

const KINDS = ["tickets", "notes", "comments", "customers"];
const LOOKED_EVERY_MS = 3_000;

/** @param {{ id: string }} props */
export function Retention({ id }) {
  const path = `/api/admin/mailboxes/${id}`;
  const loaded = useLoaded(async (signal) => {
    const [mailbox, rules] = await Promise.all([get(path, { signal }), get(`${path}/retention`, { signal })]);
    return { mailbox, rules };
  }, [path]);
  const last = loaded.value?.rules.last;
  useEvery(() => void (last && !last.finished_at && loaded.reload()), LOOKED_EVERY_MS);
  if (!loaded.value) return html`<${Waiting} of=${loaded} />`;
  const { mailbox, rules } = loaded.value;
  return html`<p><a class="row" href="#/mailboxes"><${Icon} name="back" /> ${t("settings-all")}</a></p>
    <h2><bdi>${mailboxName(mailbox)}</bdi></h2>
    ${rules.held ? html`<p class="notice notice--warning"><${Icon} name="lock" /> ${t("retention-held")}</p>` : null}
    <${Rules} path=${`${path}/retention`} rules=${rules} reload=${loaded.reload} />
    <${Box} title=${t("retention-last")}>${last ? html`<${Last} last=${last} />` : html`<p class="soft">${t("retention-never")}</p>`}<//>
    <${Box} title=${t("retention-fixed")}><p class="plain">${t("retention-fixed-what")}</p><//>`;
}

/** @param {{ path: string, rules: any, reload: () => Promise<void> }} props */
function Rules({ path, rules, reload }) {
  const { draft, bind } = useDraft(Object.fromEntries(KINDS.map((kind) => [kind, rules.days[kind] === null ? "" : String(rules.days[kind])])));
  const [asking, setAsking] = useState(/** @type {{ days: Record<string, number | null>, items: any[] } | null} */ (null));
  const [problem, setProblem] = useState("");
  const look = async () => {
    const days = Object.fromEntries(KINDS.map((kind) => [kind, draft[kind].trim() === "" ? null : Number(draft[kind])]));
    const asked = new URLSearchParams(Object.entries(days).flatMap(([kind, value]) => (value === null ? [] : [[kind, String(value)]])));
    setProblem("");
    try {
      setAsking({ days, items: (await get(`${path}/preview?${asked}`)).items });
    } catch (error) {
      setProblem(explain(error));
    }
  };
  return html`<${Box} title=${t("retention-title")} hint=${t("retention-hint")}>
    <form class="stack" onSubmit=${(/** @type {Event} */ event) => (event.preventDefault(), look())}>
      <div class="fields">
        ${KINDS.map((kind) => html`<${Field} key=${kind} label=${t(`retention-${kind}`)} hint=${t(`retention-${kind}-hint`)} type="number" min="1" max="3650" inputmode="numeric" ...${bind(kind)} />`)}
      </div>
      ${problem ? html`<p class="notice notice--problem" role="alert">${problem}</p>` : null}
      <div class="row"><${Button} kind="primary" type="submit">${t("retention-look")}<//></div>
    </form>
    ${asking ? html`<${Decide} path=${path} version=${rules.version} asked=${asking} reload=${reload} onClose=${() => setAsking(null)} />` : null}
  <//>`;
}

/** @param {{ path: string, version: number, asked: { days: Record<string, number | null>, items: any[] }, reload: () => Promise<void>, onClose: () => void }} props */
function Decide({ path, version, asked, reload, onClose }) {
  const { busy, problem, run } = useWork(reload);
  const save = async () => (await run(() => patch(path, asked.days, version))) && onClose();
  return html`<${FormDialog} title=${t("retention-what")} onClose=${onClose} onSubmit=${save} busy=${busy} problem=${problem}>
    ${asked.items.length === 0 ? html`<p>${t("retention-nothing")}</p>` : null}
    <dl class="facts">
      ${asked.items.map(
        (one) => html`<dt>${t(`retention-${one.kind}`)}</dt>
          <dd>${t(one.more ? "retention-more" : "retention-count", { count: one.count, number: number(one.count) })}
            ${one.oldest ? html`<div class="soft">${t("proof-span", { since: full(one.oldest), until: full(one.newest) })}</div>` : null}</dd>`,
      )}
    </dl>
    ${asked.items.some(({ count }) => count > 0) ? html`<p class="notice notice--warning">${t("retention-for-good")}</p>` : null}
  <//>`;
}

/** @param {{ last: any }} props */
function Last({ last }) {
  const counts = Object.entries(last.erased);
  return html`<p role="status">${last.finished_at ? t("retention-ended", { when: full(last.finished_at) }) : t("retention-running", { when: full(last.begun_at) })}</p>
    ${counts.length ? html`<dl class="facts">${counts.map(([name, count]) => html`<dt>${t(`retention-erased-${name}`)}</dt><dd>${number(/** @type {number} */ (count))}</dd>`)}</dl>` : html`<p class="soft">${t("retention-nothing")}</p>`}`;
}
