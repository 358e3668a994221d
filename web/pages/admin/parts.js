/** What the pages of the administration share: work that is told of, forms in dialogs, choices of several. */

import { useId, useState } from "preact/hooks";
import { changed, same } from "../../app/draft.js";
import { explain, t } from "../../app/locale.js";
import { Button } from "../../components/button.js";
import { Dialog } from "../../components/dialog.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { proved } from "../../components/step_up.js";
import { say } from "../../components/toasts.js";

/**
 * Work that changes something. After it, and where somebody else was faster, what is shown is loaded anew; what was
 * typed stays, and is sent against the newest version the next time.
 * @param {() => Promise<unknown> | void} reload
 */
export function useWork(reload) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  /** @param {() => Promise<any>} work @param {{ words?: string, loud?: boolean }} [options] loud: a problem is said, as there is no form beside which it could stand */
  const run = async (work, { words = t("saved"), loud = false } = {}) => {
    setBusy(true);
    setProblem("");
    try {
      const answer = await proved(work);
      if (words) say(words);
      await reload();
      return { answer };
    } catch (error) {
      if (loud) say(explain(error), { kind: "problem" });
      else setProblem(explain(error));
      if (/** @type {any} */ (error).status === 409) await reload();
      return null;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, run, setProblem };
}

/**
 * What a form holds. Where what it began with changes, because somebody else was faster, what was not touched follows,
 * and what was typed stays.
 * @template {Record<string, any>} T @param {T | (() => T)} start
 */
export function useDraft(start) {
  const latest = typeof start === "function" ? start() : start;
  const [base, setBase] = useState(latest);
  const [draft, setDraft] = useState(latest);
  if (!same(latest, base)) {
    setBase(latest);
    setDraft((mine) => ({ ...latest, .../** @type {Partial<T>} */ (changed(base, mine)) }));
  }
  const put = (/** @type {keyof T & string} */ name, /** @type {any} */ value) => setDraft((before) => ({ ...before, [name]: value }));
  const bind = (/** @type {keyof T & string} */ name) => ({
    value: draft[name],
    onInput: (/** @type {any} */ event) => put(name, event.currentTarget.value),
  });
  const tick = (/** @type {keyof T & string} */ name) => ({
    checked: draft[name],
    onChange: (/** @type {any} */ event) => put(name, event.currentTarget.checked),
  });
  return { draft, put, bind, tick, setDraft };
}

/** A box with a title, a word on what it is for, and what can be done. @param {{ title: string, hint?: string, action?: any, children?: any }} props */
export function Box({ title, hint, action, children }) {
  const id = useId();
  return html`<section class="box" aria-labelledby=${id}>
    <div class="row admin__head"><h2 id=${id}>${title}</h2>${action}</div>
    ${hint ? html`<p class="soft">${hint}</p>` : null}
    ${children}
  </section>`;
}

/** What is shown while something is loaded, and where that failed. @param {{ of: { value: any, problem: unknown, reload: () => void } }} props */
export function Waiting({ of }) {
  if (of.problem) return html`<p class="notice notice--problem" role="alert">${explain(of.problem)} <${Button} onClick=${of.reload}>${t("action-again")}<//></p>`;
  return of.value ? null : html`<p class="soft" role="status">${t("loading")}</p>`;
}

/** @param {{ title: string, submit?: string, onClose: () => void, onSubmit: () => void, busy?: boolean, problem?: string, wide?: boolean, children?: any }} props */
export function FormDialog({ title, submit = t("action-save"), onClose, onSubmit, busy, problem, wide, children }) {
  const id = useId();
  return html`<${Dialog}
    title=${title}
    onClose=${onClose}
    wide=${wide}
    actions=${html`<${Button} onClick=${onClose}>${t("action-cancel")}<//><${Button} kind="primary" type="submit" form=${id} busy=${busy}>${submit}<//>`}
  >
    <form class="stack" id=${id} onSubmit=${(/** @type {Event} */ event) => (event.preventDefault(), busy || onSubmit())}>
      ${children}
      ${problem ? html`<p class="notice notice--problem" role="alert">${problem}</p>` : null}
    </form>
  <//>`;
}

/** Asks once more before something that cannot be taken back. @param {{ title: string, words: string, submit: string, onClose: () => void, onDo: () => void, busy?: boolean, problem?: string, kind?: string, children?: any }} props */
export function Sure({ title, words, submit, onClose, onDo, busy, problem, kind = "danger", children }) {
  return html`<${Dialog}
    title=${title}
    onClose=${onClose}
    actions=${html`<${Button} onClick=${onClose}>${t("action-cancel")}<//><${Button} kind=${kind} busy=${busy} onClick=${onDo}>${submit}<//>`}
  >
    <p>${words}</p>
    ${children}
    ${problem ? html`<p class="notice notice--problem" role="alert">${problem}</p>` : null}
  <//>`;
}

/**
 * A choice of several.
 * @param {{ legend: string, options: { value: string, words: string }[], chosen: string[], onChange: (chosen: string[]) => void, hint?: string, disabled?: boolean }} props
 */
export function Marks({ legend, options, chosen, onChange, hint, disabled }) {
  const turn = (/** @type {string} */ value) => onChange(chosen.includes(value) ? chosen.filter((other) => other !== value) : [...chosen, value]);
  return html`<fieldset class="marks" disabled=${disabled}>
    <legend class="field__label">${legend}</legend>
    ${hint ? html`<p class="field__hint">${hint}</p>` : null}
    <div class="marks__list">
      ${options.map(
        ({ value, words }) => html`<label class="check" key=${value}>
          <input type="checkbox" checked=${chosen.includes(value)} onChange=${() => turn(value)} /> <span dir="auto">${words}</span>
        </label>`,
      )}
    </div>
  </fieldset>`;
}

/** @param {{ words: string, icon?: string }} props */
export const Empty = ({ words, icon = "inbox" }) => html`<div class="empty"><${Icon} name=${icon} /><p>${words}</p></div>`;

/** The name of a role, the product's own in the reader's language. @param {{ id: string, name: string, version: number } | undefined} role */
export const roleName = (role) => (!role ? t("role-unknown") : role.version === 0 ? t(`role-${role.id}`) : role.name);

/** @param {{ id: string, address?: string | null }} mailbox */
export const mailboxName = (mailbox) => mailbox.address ?? t("mailbox-gone");
