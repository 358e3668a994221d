/** The secret by which a webhook's calls are signed: shown once, and replaced by another. */

import { useState } from "preact/hooks";
import { t } from "../../app/locale.js";
import { Button } from "../../components/button.js";
import { Dialog } from "../../components/dialog.js";
import { html } from "../../components/html.js";
import { say } from "../../components/toasts.js";
import { FormDialog } from "./parts.js";

const OVERLAPS = { "in-a-day": 24, "at-once": 0 };

/** Shown this once: nobody can ask for it again. @param {{ secret: string, words: string, onClose: () => void }} props */
export function Secret({ secret, words, onClose }) {
  const copy = () => navigator.clipboard.writeText(secret).then(() => say(t("webhook-copied")), () => {});
  return html`<${Dialog} title=${t("webhook-secret")} onClose=${onClose} actions=${html`<${Button} onClick=${copy}>${t("webhook-copy")}<//><${Button} kind="primary" onClick=${onClose}>${t("webhook-kept")}<//>`}>
    <p>${words}</p>
    <p class="notice"><code><bdi>${secret}</bdi></code></p>
  <//>`;
}

/** @param {{ onClose: () => void, onDo: (overlapHours: number) => void, busy: boolean, problem: string }} props */
export function AnotherSecret({ onClose, onDo, busy, problem }) {
  const [chosen, setChosen] = useState(/** @type {keyof typeof OVERLAPS} */ ("in-a-day"));
  return html`<${FormDialog} title=${t("webhook-secret-new")} submit=${t("webhook-secret-new")} onClose=${onClose} onSubmit=${() => onDo(OVERLAPS[chosen])} busy=${busy} problem=${problem}>
    <fieldset class="marks"><legend>${t("webhook-secret-new-what")}</legend>
      ${/** @type {(keyof typeof OVERLAPS)[]} */ (Object.keys(OVERLAPS)).map(
        (one) => html`<label key=${one} class="check"><input type="radio" name="overlap" value=${one} checked=${chosen === one} onChange=${() => setChosen(one)} /> <span>${t(`webhook-secret-${one}`)}</span></label>`,
      )}
    </fieldset>
  <//>`;
}
