/** What a customer may ask of the organisation: their data as a file, and that it is erased; for who manages privacy. */

import { useState } from "preact/hooks";
import { post } from "../../app/api.js";
import { explain, t } from "../../app/locale.js";
import { link } from "../../app/router.js";
import { Button } from "../../components/button.js";
import { DataExports, useDataExports } from "../../components/data_export.js";
import { Dialog } from "../../components/dialog.js";
import { Erased } from "../../components/erased.js";
import { Check } from "../../components/field.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { proved } from "../../components/step_up.js";
import { say } from "../../components/toasts.js";

const EXPORTS = "/api/admin/privacy/exports";

/** @param {{ view: any, reload: () => Promise<void> }} props */
export function Rights({ view, reload }) {
  const { id } = view.customer;
  const base = `/api/admin/privacy/customers/${id}`;
  const exports = useDataExports(`${EXPORTS}?limit=50`, `${base}/exports`);
  const [erasing, setErasing] = useState(/** @type {"" | "asked" | "begun"} */ (""));
  const theirs = exports.items.filter((job) => job.subject_id === id);
  return html`<section class="box"><h2>${t("rights-title")}</h2>
    ${erasing === "begun" ? html`<${Erased} path=${`${base}/erasure`} onDone=${reload} />` : html`<p class="soft">${t("rights-hint")}</p>
      <div class="row"><${Button} busy=${exports.busy} onClick=${exports.begin}>${t("rights-export")}<//><${Button} kind="danger" onClick=${() => setErasing("asked")}>${t("rights-erase")}<//></div>
      ${view.customer.held ? null : html`<p><a class="row soft" href=${link(["admin", "holds"], { customer: id })}><${Icon} name="lock" /> ${t("hold-set")}</a></p>`}`}
    ${exports.problem ? html`<p class="notice notice--problem" role="alert">${exports.problem}</p>` : null}
    <${DataExports} items=${theirs} path=${EXPORTS} reload=${exports.reload} />
    ${erasing === "asked" ? html`<${Erase} path=${`${base}/erase`} onClose=${() => setErasing("")} onBegun=${() => setErasing("begun")} />` : null}
  </section>`;
}

/** @param {{ path: string, onClose: () => void, onBegun: () => void }} props */
function Erase({ path, onClose, onBegun }) {
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const go = async () => {
    setBusy(true);
    setProblem("");
    try {
      await proved(() => post(path));
      say(t("erasure-begun"));
      onBegun();
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };
  return html`<${Dialog} title=${t("rights-erase")} onClose=${onClose}
    actions=${html`<${Button} onClick=${onClose}>${t("action-cancel")}<//><${Button} kind="danger" busy=${busy} disabled=${!sure} onClick=${go}>${t("rights-erase")}<//>`}>
    <p>${t("rights-erase-goes")}</p>
    <p>${t("rights-erase-stays")}</p>
    <${Check} label=${t("rights-erase-sure")} checked=${sure} onChange=${(/** @type {any} */ event) => setSure(event.currentTarget.checked)} />
    ${problem ? html`<p class="notice notice--problem" role="alert">${problem}</p>` : null}
  <//>`;
}
