/** A labelled input, with its hint and what is wrong with it read out beside it. */

import { useEffect, useId } from "preact/hooks";
import { html } from "./html.js";

/**
 * @typedef {object} FieldProps
 * @property {string} label
 * @property {string} [hint]
 * @property {string | null} [problem]
 * @property {string} [type]
 * @property {boolean} [autofocus] what is shown now is shown for this
 * @property {any} [children] an input of one's own: a function of its attributes
 */

/** @param {FieldProps & Record<string, any>} props */
export function Field({ label, hint, problem, type = "text", children, ...rest }) {
  const id = useId();
  // A browser heeds `autofocus` once a page; what is wrong is mended where it stands, and a secret is typed anew.
  useEffect(() => {
    if (!rest.autofocus && !problem) return;
    const input = /** @type {HTMLInputElement | null} */ (document.getElementById(id));
    input?.focus();
    if (problem && (type === "password" || rest.autocomplete === "one-time-code")) input?.select();
  }, [problem]);
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(" ");
  const attributes = {
    id,
    "aria-describedby": described || undefined,
    "aria-invalid": problem ? "true" : undefined,
  };
  return html`<div class="field">
    <label class="field__label" for=${id}>${label}</label>
    ${children ? children(attributes) : html`<input class="input" type=${type} ...${attributes} ...${rest} />`}
    ${hint ? html`<p class="field__hint" id=${`${id}-hint`}>${hint}</p>` : null}
    ${problem ? html`<p class="field__problem" id=${`${id}-problem`} role="alert">${problem}</p>` : null}
  </div>`;
}

/** A choice of a few. @param {{ label: string, options: { value: string, words: string }[] } & Record<string, any>} props */
export function Choice({ label, options, value, ...rest }) {
  return html`<${Field} label=${label}>
    ${(/** @type {object} */ attributes) => html`<select class="input" ...${attributes} ...${rest} value=${value}>
      ${options.map((option) => html`<option key=${option.value} value=${option.value} selected=${option.value === value}>${option.words}</option>`)}
    </select>`}
  <//>`;
}

/** @param {{ label: string } & Record<string, any>} props */
export function Check({ label, ...rest }) {
  return html`<label class="check"><input type="checkbox" ...${rest} /> <span>${label}</span></label>`;
}
