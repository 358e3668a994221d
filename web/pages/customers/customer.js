/** One customer: what is known of them, their tickets, notes on them, and merging them with another. */

import { useRef, useState } from "preact/hooks";
import { get, newKey, patch, post } from "../../app/api.js";
import { useDirectory } from "../../app/directory.js";
import { explain, t } from "../../app/locale.js";
import { go, link } from "../../app/router.js";
import { may } from "../../app/session.js";
import { full, relative } from "../../app/time.js";
import { useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { Dialog } from "../../components/dialog.js";
import { Erased } from "../../components/erased.js";
import { Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { State } from "../../components/state.js";
import { say } from "../../components/toasts.js";
import { Rights } from "./rights.js";

/** @param {{ id: string, menu: any }} props */
export function CustomerPage({ id, menu }) {
  const base = `/api/tickets/customers/${encodeURIComponent(id)}`;
  const known = useLoaded((signal) => get(base, { signal }), [id]);
  const [merging, setMerging] = useState(false);
  const gone = /** @type {any} */ (known.problem)?.status === 404;
  const view = gone ? undefined : known.value; // who was erased is not shown any longer, even if they were just now
  return html`<header class="bar">${menu}<a href="#/customers">${t("place-customers")}</a>
      <h1 class="bar__title" dir="auto">${view ? view.customer.name || view.customer.address || t("customer-erased") : t(gone ? "customer-erased" : "loading")}</h1>
      ${view && may("customer:write") ? html`<${Button} icon="merge" onClick=${() => setMerging(true)}>${t("customer-merge")}<//>` : null}</header>
    <div class="page page--narrow">
      ${known.problem ? html`<p class="notice notice--problem" role="alert">${explain(known.problem)}</p>` : null}
      ${gone && may("privacy:manage") ? html`<section class="box"><h2>${t("rights-title")}</h2><${Erased} path=${`/api/admin/privacy/customers/${encodeURIComponent(id)}/erasure`} /></section>` : null}
      ${view?.customer.held ? html`<p class="notice">${t("customer-held")}</p>` : null}
      ${view ? html`<${Known} view=${view} base=${base} onSaved=${known.set} reload=${known.reload} />` : null}
      ${view?.merged.length > 0 ? html`<${Merged} view=${view} base=${base} onDone=${known.set} />` : null}
      ${view ? html`<${Tickets} base=${base} /><${Notes} base=${base} />` : null}
      ${view && may("privacy:manage") ? html`<${Rights} view=${view} reload=${known.reload} />` : null}
    </div>
    ${merging && view ? html`<${Merge} view=${view} onClose=${() => setMerging(false)} />` : null}`;
}

/** @param {{ base: string }} props */
function Tickets({ base }) {
  const tickets = useLoaded((signal) => get(`${base}/tickets?limit=50`, { signal }), [base]);
  return html`<section class="box"><h2>${t("views-heading")}</h2>
    ${tickets.problem ? html`<p class="notice notice--problem" role="alert">${explain(tickets.problem)}</p>` : null}
    ${tickets.value?.items.length === 0 ? html`<p class="soft">${t("finder-none")}</p>` : null}
    <ul class="related">${(tickets.value?.items ?? []).map(
      (/** @type {any} */ one) => html`<li key=${one.id}><a href=${`#/tickets/${one.id}`}><span dir="auto">${one.subject || t("subject-none")}</span></a>
        <span class="soft row"><bdi class="code">${one.code}</bdi> <${State} state=${one.state} /> ${relative(one.last_message_at)}</span></li>`,
    )}</ul>
  </section>`;
}

/** @param {{ view: any, base: string, onSaved: (view: any) => void, reload: () => Promise<void> }} props */
function Known({ view, base, onSaved, reload }) {
  const now = { name: view.customer.name, organisation: view.customer.organisation, phone: view.phone, addresses: view.addresses.join("\n") };
  const [changed, setChanged] = useState(/** @type {Record<string, string>} */ ({}));
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const bind = (/** @type {keyof typeof now} */ name) => ({ value: changed[name] ?? now[name], readonly: !may("customer:write"), onInput: (/** @type {any} */ event) => setChanged({ ...changed, [name]: event.target.value }) });
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem("");
    const { addresses, ...rest } = changed;
    try {
      onSaved(await patch(base, addresses === undefined ? rest : { ...rest, addresses: addresses.split(/[\s,;]+/).filter(Boolean) }, view.customer.version));
      setChanged({});
      say(t("saved"));
    } catch (error) {
      setProblem(explain(error));
      if (/** @type {any} */ (error).status === 409) await reload();
    }
    setBusy(false);
  };
  return html`<form class="box" onSubmit=${submit}>
    <${Field} label=${t("account-name")} dir="auto" ...${bind("name")} />
    <${Field} label=${t("customer-organisation")} dir="auto" ...${bind("organisation")} />
    <${Field} label=${t("customer-phone")} type="tel" dir="ltr" ...${bind("phone")} />
    <${Field} label=${t("customer-addresses")} hint=${t("customer-addresses-hint")}>
      ${(/** @type {object} */ attributes) => html`<textarea class="input" rows="3" dir="ltr" ...${attributes} ...${bind("addresses")}></textarea>`}
    <//>
    ${problem ? html`<p class="notice notice--problem" role="alert">${problem}</p>` : null}
    ${may("customer:write") ? html`<div class="row"><${Button} kind="primary" type="submit" busy=${busy}>${t("action-save")}<//></div>` : null}
  </form>`;
}

/** @param {{ view: any, base: string, onDone: (view: any) => void }} props */
function Merged({ view, base, onDone }) {
  const undo = async (/** @type {string} */ customer_id) => {
    try {
      onDone(await post(`${base}/unmerge`, { customer_id }, { version: view.customer.version, key: newKey() }));
      say(t("customer-unmerged"));
    } catch (error) {
      say(explain(error), { kind: "problem" });
    }
  };
  return html`<section class="box"><h2>${t("customer-merged")}</h2>
    <ul class="stack">${view.merged.map((/** @type {any} */ one) => html`<li key=${one.id} class="row row--apart"><span><span dir="auto">${one.name || one.address || t("customer-erased")}</span>${one.name && one.address ? html` <bdi class="soft">${one.address}</bdi>` : null}</span>${may("customer:write") ? html`<${Button} icon="undo" onClick=${() => undo(one.id)}>${t("customer-unmerge")}<//>` : null}</li>`)}</ul>
  </section>`;
}

/** @param {{ base: string }} props */
function Notes({ base }) {
  const list = useLoaded((signal) => get(`${base}/notes?limit=50`, { signal }), [base]);
  const people = new Map(useDirectory("people").map((/** @type {any} */ one) => [one.id, one.name]));
  const [text, setText] = useState("");
  const [problem, setProblem] = useState("");
  const key = useRef(newKey());
  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    setProblem("");
    try {
      await post(`${base}/notes`, { text: text.trim() }, { key: key.current });
      setText("");
      key.current = newKey();
      await list.reload();
    } catch (error) {
      setProblem(explain(error));
    }
  };
  return html`<section class="box"><h2>${t("customer-notes")}</h2>
    ${list.problem ? html`<p class="notice notice--problem" role="alert">${explain(list.problem)}</p>` : null}
    <ul class="stack">${(list.value?.items ?? []).filter((/** @type {any} */ one) => one.text !== null).map(
      (/** @type {any} */ one) => html`<li key=${one.id}><p dir="auto">${one.text}</p><p class="soft" title=${full(one.created_at)}><span dir="auto">${people.get(one.author_id) ?? t("somebody")}</span> · ${relative(one.created_at)}</p></li>`,
    )}</ul>
    ${may("customer:write")
      ? html`<form class="stack" onSubmit=${submit}>
          <${Field} label=${t("customer-note-new")} problem=${problem}>${(/** @type {object} */ attributes) => html`<textarea class="input" rows="3" dir="auto" required ...${attributes} value=${text} onInput=${(/** @type {any} */ event) => setText(event.target.value)}></textarea>`}<//>
          <div class="row"><${Button} type="submit">${t("customer-note-keep")}<//></div>
        </form>`
      : null}
  </section>`;
}

/** @param {{ view: any, onClose: () => void }} props */
function Merge({ view, onClose }) {
  const [found, setFound] = useState(/** @type {any[] | null} */ (null));
  const [problem, setProblem] = useState("");
  const attempt = (/** @type {() => Promise<any>} */ work) => (setProblem(""), work().catch((error) => setProblem(explain(error))));
  const search = (/** @type {any} */ event) => {
    event.preventDefault();
    const q = String(new FormData(event.target).get("q")).trim();
    void attempt(async () => setFound((await get(`/api/tickets/customers?${new URLSearchParams({ q, limit: "10" })}`)).items.filter((/** @type {any} */ one) => one.id !== view.customer.id)));
  };
  const merge = (/** @type {any} */ other) =>
    attempt(async () => {
      await post(`/api/tickets/customers/${view.customer.id}/merge`, { into: other.id, into_version: other.version }, { version: view.customer.version, key: newKey() });
      say(t("customer-merge-done"));
      onClose();
      go(link(["customers", other.id]));
    });
  return html`<${Dialog} title=${t("customer-merge")} onClose=${onClose}>
    <p>${t("customer-merge-what")}</p>
    <form class="stack" onSubmit=${search}><${Field} label=${t("customers-search")} name="q" dir="auto" required autofocus problem=${problem} /><div class="row"><${Button} type="submit" icon="search">${t("keys-search")}<//></div></form>
    <p role="status" class="soft">${found?.length === 0 ? t("customers-none") : ""}</p>
    <ul class="stack">${(found ?? []).map((one) => html`<li key=${one.id} class="row row--apart"><span><span dir="auto">${one.name}</span> <bdi class="soft">${one.address}</bdi></span><${Button} onClick=${() => merge(one)}>${t("customer-merge-into")}<//></li>`)}</ul>
  <//>`;
}
