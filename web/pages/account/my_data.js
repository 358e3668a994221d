/** What is held on oneself: getting it, who had to do with it, and having it erased. */

import { useState } from "preact/hooks";
import { get, post } from "../../app/api.js";
import { explain, has, t } from "../../app/locale.js";
import { forget } from "../../app/session.js";
import { full } from "../../app/time.js";
import { useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { DataExports, useDataExports } from "../../components/data_export.js";
import { Dialog } from "../../components/dialog.js";
import { Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { proved } from "../../components/step_up.js";
import { say } from "../../components/toasts.js";

const EXPORTS = "/api/account/data/exports";
const ACCESSES = "/api/account/data/accesses?limit=20";

export function MyData() {
  const { items, reload, busy, begin, problem } = useDataExports(`${EXPORTS}?limit=10`, EXPORTS);
  const [erasing, setErasing] = useState(false);
  return html`<section class="box" id="my-data"><h2>${t("account-data")}</h2>
    <p>${t("account-data-what")} <a href="/privacy">${t("disclosure-policy")}</a></p>
    <p class="soft">${t("data-correct")}</p>
    <div class="row"><${Button} busy=${busy} onClick=${begin}>${t("data-export")}<//><${Button} kind="danger" onClick=${() => setErasing(true)}>${t("data-erase")}<//></div>
    ${problem ? html`<p class="notice notice--problem" role="alert">${problem}</p>` : null}
    <${DataExports} items=${items} path=${EXPORTS} reload=${reload} />
    <${Accesses} />
    ${erasing ? html`<${Erase} onClose=${() => setErasing(false)} />` : null}
  </section>`;
}

/** Who had to do with it. */
function Accesses() {
  const [items, setItems] = useState(/** @type {any[]} */ ([]));
  const first = useLoaded((signal) => get(ACCESSES, { signal }), []);
  const [next, setNext] = useState(/** @type {string | null | undefined} */ (undefined));
  const [problem, setProblem] = useState("");
  const following = next === undefined ? first.value?.next : next;
  const more = () =>
    get(`${ACCESSES}&cursor=${encodeURIComponent(/** @type {string} */ (following))}`).then(
      (page) => (setItems([...items, ...page.items]), setNext(page.next)),
      (error) => setProblem(explain(error)),
    );
  const rows = [...(first.value?.items ?? []), ...items];
  const wrong = problem || (first.problem ? explain(first.problem) : "");
  return html`<h3>${t("data-accesses")}</h3>
    <p class="soft">${t("data-accesses-hint")}</p>
    ${wrong ? html`<p class="notice notice--problem" role="alert">${wrong}</p>` : null}
    ${first.value && rows.length === 0 ? html`<p class="soft">${t("data-accesses-none")}</p>` : null}
    <ul class="stack-small">${rows.map(
      (row) => html`<li key=${row.id}>${t(`data-access-${row.kind}`)} <span class="soft">· <span dir="auto">${row.by || roleWords(row.role)}</span> · <time datetime=${row.at}>${full(row.at)}</time></span></li>`,
    )}</ul>
    ${following ? html`<div class="row"><${Button} onClick=${more}>${t("queue-more")}<//></div>` : null}`;
}

/** A role's words: one of the product's own, else its name. @param {string} role */
const roleWords = (role) => (has(`role-${role}`) ? t(`role-${role}`) : role || t("somebody"));

/** @param {{ onClose: () => void }} props */
function Erase({ onClose }) {
  const [email, setEmail] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem("");
    try {
      await proved(() => post("/api/account/data/erase", { email: email.trim() }));
      forget();
      say(t("data-erased"));
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };
  return html`<${Dialog} title=${t("data-erase")} onClose=${onClose}
    actions=${html`<${Button} onClick=${onClose}>${t("action-cancel")}<//><${Button} kind="danger" type="submit" form="data-erase" busy=${busy}>${t("data-erase-go")}<//>`}>
    <form id="data-erase" class="stack" onSubmit=${submit}>
      <p>${t("data-erase-goes")}</p>
      <p>${t("data-erase-stays")}</p>
      <${Field} label=${t("data-erase-confirm")} type="email" dir="ltr" required autocomplete="off" problem=${problem} value=${email} onInput=${(/** @type {any} */ event) => setEmail(event.target.value)} />
    </form>
  <//>`;
}
