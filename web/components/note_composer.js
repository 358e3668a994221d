/** Writing a note to colleagues, a new one or one's own again: "@" names somebody, who is told of it. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { newKey, patch, post } from "../app/api.js";
import { held, hold } from "../app/appearance.js";
import { useAsksBeforeClosing } from "../app/closing.js";
import { explain, t } from "../app/locale.js";
import { asked, completed, matching, mentioned } from "../app/mentions.js";
import { useShortcuts } from "../app/use.js";
import { Button } from "./button.js";
import { html } from "./html.js";

/**
 * @param {{ ticket: any, people: any[], note?: any, onDone: () => void, onClose: () => void, onTyping?: (typing: boolean) => void }} props
 *   note: the one that is changed
 */
export function NoteComposer({ ticket, people, note, onDone, onClose, onTyping = () => {} }) {
  const mark = `note.${note?.id ?? ticket.id}`;
  const [text, setText] = useState(held(mark) ?? note?.text ?? "");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [typed, setTyped] = useState(/** @type {{ from: number, word: string } | null} */ (null));
  const [at, setAt] = useState(0);
  const key = useRef(newKey());
  const area = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const colleagues = people.filter((one) => one.name && one.state === "active" && one.mailbox_ids.includes(ticket.mailbox_id));
  const found = typed ? matching(colleagues, typed.word) : [];
  useAsksBeforeClosing(text.trim() !== "" && text !== note?.text);
  useLayoutEffect(() => {
    area.current?.focus();
    area.current?.form?.scrollIntoView({ block: "nearest" });
    return () => onTyping(false);
  }, []);

  const list = `${mark}-people`;
  useEffect(() => document.getElementById(list)?.scrollIntoView({ block: "nearest" }), [found.length]);

  const submit = async () => {
    if (busy || text.trim() === "") return;
    setBusy(true);
    const body = { text, mentions: mentioned(text, colleagues) };
    try {
      if (note) await patch(`/api/tickets/notes/${note.id}`, body, note.version);
      else await post(`/api/tickets/${ticket.id}/notes`, body, { key: key.current });
      hold(mark, "");
      onClose();
      onDone();
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };
  const read = () => {
    const { value, selectionStart } = /** @type {HTMLTextAreaElement} */ (area.current);
    setTyped(asked(value, selectionStart));
    setAt(0);
  };
  const write = (/** @type {string} */ value) => {
    setText(value);
    hold(mark, value === note?.text ? "" : value);
    onTyping(true);
  };
  /** @param {any} one */
  const name = (one) => {
    const field = area.current;
    if (!field || !typed) return;
    const next = completed(field.value, typed, field.selectionStart, one.name);
    write(next.text);
    setTyped(null);
    queueMicrotask(() => {
      field.value = next.text;
      field.focus();
      field.setSelectionRange(next.cursor, next.cursor);
    });
  };
  /** @param {KeyboardEvent} event */
  const choose = (event) => {
    if (found.length === 0) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((at + step + found.length) % found.length);
    else if (event.key === "Enter" || event.key === "Tab") name(found[at]);
    else if (event.key === "Escape") setTyped(null);
    else return;
    event.preventDefault();
  };
  // What was written of a new note is kept until it is begun again.
  const leave = () => area.current?.form?.contains(document.activeElement) && !busy && onClose();
  useShortcuts([
    { keys: "Mod+Enter", words: "keys-note", run: () => void submit() },
    { keys: "Escape", words: "action-close", run: leave },
  ]);
  return html`<form class="composer composer--note" aria-label=${t("note-label")} onSubmit=${(/** @type {Event} */ event) => (event.preventDefault(), void submit())}>
    <textarea ref=${area} class="input composer__text" dir="auto" rows="4" aria-label=${t("note-text")} aria-autocomplete="list"
      aria-controls=${found.length > 0 ? list : undefined} aria-activedescendant=${found.length > 0 ? `${list}-${at}` : undefined} value=${text}
      onInput=${(/** @type {any} */ event) => (write(event.target.value), read())} onClick=${read} onKeyDown=${choose} onBlur=${() => setTimeout(() => setTyped(null), 200)}></textarea>
    ${found.length > 0
      ? html`<ul class="mentions" role="listbox" id=${list} aria-label=${t("note-people")}>
          ${found.map(
            (one, number) => html`<li key=${one.id} id=${`${list}-${number}`} role="option" aria-selected=${String(number === at)} onMouseDown=${(/** @type {Event} */ event) => (event.preventDefault(), name(one))}><span dir="auto">${one.name}</span></li>`,
          )}
        </ul>`
      : null}
    <p class="visually-hidden" role="status">${found.length > 0 ? t("note-people-found", { count: found.length }) : ""}</p>
    ${problem ? html`<p class="notice notice--problem" role="alert">${problem}</p>` : null}
    <div class="row">
      <${Button} kind="primary" type="submit" icon="note" busy=${busy} disabled=${text.trim() === ""}>${note ? t("action-save") : t("note-add")}<//>
      <${Button} kind="quiet" onClick=${() => (note && hold(mark, ""), onClose())}>${t("action-cancel")}<//>
      <span class="soft">${t("note-who")} ${t("note-how")}</span>
    </div>
  </form>`;
}
