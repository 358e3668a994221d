/** Something that is shown this once: to be copied or kept in a file before it is closed. */

import { useState } from "preact/hooks";
import { t } from "../../app/locale.js";
import { Button } from "../../components/button.js";
import { Dialog } from "../../components/dialog.js";
import { html } from "../../components/html.js";

/** @param {{ title: string, why: string, lines: string[], file?: string, onClose: () => void }} props */
export function Once({ title, why, lines, file, onClose }) {
  const [told, setTold] = useState("");
  const text = lines.join("\n");
  const copy = () => navigator.clipboard.writeText(text).then(() => setTold(t("webhook-copied")), () => setTold(t("once-copy-failed")));
  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`${text}\n`], { type: "text/plain" }));
    link.download = file ?? "";
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return html`<${Dialog} title=${title} onClose=${onClose}
    actions=${html`<${Button} onClick=${copy}>${t("webhook-copy")}<//>${file ? html`<${Button} onClick=${save}>${t("once-download")}<//>` : null}<${Button} kind="primary" onClick=${onClose}>${t("webhook-kept")}<//>`}>
    <p>${why}</p>
    <ul class="notice once">${lines.map((line) => html`<li key=${line}><code><bdi>${line}</bdi></code></li>`)}</ul>
    <p role="status" class="soft">${told}</p>
  <//>`;
}
