/** Choosing a time: one of those that people choose often, or one of their own. */

import { useId, useState } from "preact/hooks";
import { t } from "../app/locale.js";
import { momentOf, suggested, wallOf } from "../app/moments.js";
import { full, timeZone } from "../app/time.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";
import { Field } from "./field.js";
import { html } from "./html.js";

const DAY_MS = 86_400_000;

/** @param {{ title: string, words: string, mostDays: number, onChoose: (at: Date) => void, onClose: () => void, children?: any }} props words: of the button; children: other choices */
export function MomentDialog({ title, words, mostDays, onChoose, onClose, children }) {
  const id = useId();
  const [now] = useState(() => new Date());
  const often = suggested(now, timeZone());
  const [wall, setWall] = useState(() => wallOf(often[1]?.at ?? often[0].at, timeZone()));
  const [problem, setProblem] = useState("");
  const last = new Date(now.getTime() + mostDays * DAY_MS);
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    const at = momentOf(wall, timeZone());
    if (!at || at.getTime() <= Date.now() || at > last) return setProblem(t("moment-impossible", { days: mostDays }));
    onChoose(at);
  };
  return html`<${Dialog} title=${title} onClose=${onClose}
    actions=${html`<${Button} onClick=${onClose}>${t("action-cancel")}<//><${Button} kind="primary" type="submit" form=${id}>${words}<//>`}>
    <div class="choices">
      ${often.map((one) => html`<${Button} key=${one.words} icon="clock" onClick=${() => onChoose(one.at)}><span class="choices__when"><span>${t(one.words)}</span><span class="soft">${full(one.at.toISOString())}</span></span><//>`)}
      ${children}
    </div>
    <form id=${id} class="stack" onSubmit=${submit} novalidate>
      <${Field} label=${t("moment-own")} hint=${timeZone() ?? Intl.DateTimeFormat().resolvedOptions().timeZone} problem=${problem} type="datetime-local" required
        min=${wallOf(now, timeZone())} max=${wallOf(last, timeZone())} value=${wall} onInput=${(/** @type {any} */ event) => (setWall(event.target.value), setProblem(""))} />
    </form>
  <//>`;
}
