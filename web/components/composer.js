/** Writing: a reply to the customer, kept on the server as it is written, or a note to colleagues. */

import { useEffect, useRef, useState } from "preact/hooks";
import { ask, newKey, patch, post, Problem, remove } from "../app/api.js";
import { held, hold } from "../app/appearance.js";
import { explain, t } from "../app/locale.js";
import { size } from "../app/time.js";
import { useShortcuts } from "../app/use.js";
import { Button } from "./button.js";
import { Field } from "./field.js";
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { say } from "./toasts.js";

const SAVED_AFTER_MS = 1_200;

/** @param {{ ticket: any, draft: any, onChange: () => void, onTyping: (typing: boolean) => void, onClose: () => void }} props */
export function ReplyComposer({ ticket, draft: found, onChange, onTyping, onClose }) {
  const [draft, setDraft] = useState(found);
  const [text, setText] = useState(() => held(`draft.${found.id}`) ?? found.text ?? "");
  const [people, setPeople] = useState({ to: addresses(found.to), cc: addresses(found.cc), bcc: addresses(found.bcc) });
  const [subject, setSubject] = useState(found.subject ?? "");
  const [files, setFiles] = useState(/** @type {{ id: string, name: string, size: number }[]} */ ([]));
  const [problem, setProblem] = useState(/** @type {Problem | null} */ (null));
  const [state, setState] = useState(/** @type {"idle" | "saving" | "sending"} */ ("idle"));
  const [more, setMore] = useState(found.cc.length > 0);
  const timer = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  const latest = useRef({ draft, text, people, subject, files });
  latest.current = { draft, text, people, subject, files };
  const base = `/api/tickets/${ticket.id}/replies/${found.id}`;

  const save = async () => {
    clearTimeout(timer.current);
    const now = latest.current;
    const content = {
      to: parsed(now.people.to),
      cc: parsed(now.people.cc),
      bcc: parsed(now.people.bcc),
      subject: now.subject,
      text: now.text,
      upload_ids: now.files.map(({ id }) => id),
    };
    const saved = await patch(base, content, now.draft.version);
    latest.current.draft = saved;
    setDraft(saved);
    return saved;
  };
  const changed = () => {
    onTyping(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setState("saving");
      save().then(
        () => (setProblem(null), setState("idle")),
        (error) => (setProblem(error), setState("idle")),
      );
    }, SAVED_AFTER_MS);
  };
  useEffect(() => () => clearTimeout(timer.current), []);

  /** @param {{ then?: string, anyway?: boolean, confirmed?: boolean }} how */
  const send = async ({ then, anyway = false, confirmed = false }) => {
    setState("sending");
    setProblem(null);
    try {
      const saved = await save();
      const how = { conversation: ticket.conversation, then_state: then ?? null, anyway, confirmed };
      const { reply } = await post(`${base}/queue`, how, { version: saved.version });
      hold(`draft.${found.id}`, "");
      onTyping(false);
      const left = Math.max(3_000, new Date(reply.not_before).getTime() - Date.now());
      say(t("reply-queued"), {
        milliseconds: left,
        action: {
          words: t("action-undo"),
          run: () =>
            void post(`${base}/undo`).then(onChange, (error) => say(explain(error), { kind: "problem" })),
        },
      });
      onClose();
      onChange();
    } catch (error) {
      setProblem(/** @type {Problem} */ (error));
      setState("idle");
    }
  };
  const discard = async () => {
    clearTimeout(timer.current);
    hold(`draft.${found.id}`, "");
    onTyping(false);
    await remove(base).catch((error) => say(explain(error), { kind: "problem" }));
    onClose();
    onChange();
  };
  /** @param {Iterable<File>} chosen */
  const attach = async (chosen) => {
    for (const file of chosen) {
      try {
        const headers = { "X-File-Name": encodeURIComponent(file.name), "Content-Type": file.type || "application/octet-stream" };
        const upload = await ask("POST", `/api/tickets/${ticket.id}/uploads`, { file, headers, key: newKey() });
        setFiles((before) => [...before, { id: upload.id, name: file.name, size: file.size }]);
        changed();
      } catch (error) {
        say(explain(error), { kind: "problem" });
      }
    }
  };
  useShortcuts([{ keys: "Mod+Enter", words: "keys-send", run: () => void send({}) }]);
  /** @param {keyof typeof people} which @param {string} label */
  const line = (which, label) =>
    html`<${Field} label=${label} dir="ltr" value=${people[which]} onInput=${(/** @type {any} */ event) => (setPeople({ ...people, [which]: event.target.value }), changed())} />`;
  return html`<form
    class="composer"
    aria-label=${t("reply-label")}
    onSubmit=${(/** @type {Event} */ event) => (event.preventDefault(), void send({}))}
    onDragOver=${(/** @type {DragEvent} */ event) => event.preventDefault()}
    onDrop=${(/** @type {DragEvent} */ event) => (event.preventDefault(), event.dataTransfer && void attach(event.dataTransfer.files))}
  >
    <div class="composer__people">
      ${line("to", t("mail-to"))}
      ${more ? html`${line("cc", t("mail-cc"))}${line("bcc", t("mail-bcc"))}` : html`<${Button} kind="quiet" onClick=${() => setMore(true)}>${t("reply-more-people")}<//>`}
      <${Field} label=${t("mail-subject")} dir="auto" value=${subject} onInput=${(/** @type {any} */ event) => (setSubject(event.target.value), changed())} />
    </div>
    <textarea
      class="input composer__text"
      dir="auto"
      rows="8"
      aria-label=${t("reply-text")}
      autofocus
      value=${text}
      onInput=${(/** @type {any} */ event) => (setText(event.target.value), hold(`draft.${found.id}`, event.target.value), changed())}
      onPaste=${(/** @type {ClipboardEvent} */ event) => {
        const pasted = event.clipboardData?.files;
        if (pasted && pasted.length > 0) (event.preventDefault(), void attach(pasted));
      }}
    ></textarea>
    ${files.length > 0
      ? html`<ul class="files">
          ${files.map((file) => html`<li key=${file.id} class="chip"><bdi>${file.name}</bdi> ${size(file.size)}
            <${Button} kind="quiet" icon="close" label=${t("file-remove", { name: file.name })} onClick=${() => (setFiles(files.filter((other) => other !== file)), changed())} /></li>`)}
        </ul>`
      : null}
    ${problem ? html`<${Held} problem=${problem} onAnyway=${send} onLook=${onChange} />` : null}
    <div class="row">
      <${Button} kind="primary" type="submit" icon="send" busy=${state === "sending"} shortcut="Ctrl Enter">${t("reply-send")}<//>
      <${Button} busy=${state === "sending"} onClick=${() => send({ then: "solved" })}>${t("reply-send-solve")}<//>
      <${Button} busy=${state === "sending"} onClick=${() => send({ then: "pending" })}>${t("reply-send-pending")}<//>
      <label class="button button--quiet"><${Icon} name="attach" /> ${t("reply-attach")}
        <input class="visually-hidden" type="file" multiple onChange=${(/** @type {any} */ event) => (void attach([...event.target.files]), (event.target.value = ""))} /></label>
      <span class="soft" role="status">${state === "saving" ? t("reply-saving") : draft.version > 1 ? t("reply-saved") : ""}</span>
      <${Button} kind="quiet" onClick=${discard}>${t("reply-discard")}<//>
    </div>
  </form>`;
}

/** Why a reply did not go, and what can be done. @param {{ problem: Problem, onAnyway: (how: any) => void, onLook: () => void }} props */
function Held({ problem, onAnyway, onLook }) {
  const anyway = { "reply.conversation_moved": { anyway: true }, "reply.new_participants": { confirmed: true } }[problem.code];
  return html`<div class="notice notice--problem" role="alert">
    <p>${explain(problem)}</p>
    ${anyway ? html`<div class="row"><${Button} onClick=${onLook}>${t("reply-look-first")}<//><${Button} kind="danger" onClick=${() => onAnyway(anyway)}>${t("reply-anyway")}<//></div>` : null}
  </div>`;
}

/** @param {{ ticketId: string, onDone: () => void, onClose: () => void, onTyping: (typing: boolean) => void }} props */
export function NoteComposer({ ticketId, onDone, onClose, onTyping }) {
  const mark = `note.${ticketId}`;
  const [text, setText] = useState(held(mark) ?? "");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const key = useRef(newKey());
  const submit = async () => {
    setBusy(true);
    try {
      await post(`/api/tickets/${ticketId}/notes`, { text, mentions: [] }, { key: key.current });
      hold(mark, "");
      onTyping(false);
      onClose();
      onDone();
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };
  useShortcuts([{ keys: "Mod+Enter", words: "keys-note", run: () => void submit() }]);
  return html`<form class="composer composer--note" aria-label=${t("note-label")} onSubmit=${(/** @type {Event} */ event) => (event.preventDefault(), void submit())}>
    <textarea class="input composer__text" dir="auto" rows="4" autofocus aria-label=${t("note-text")} value=${text}
      onInput=${(/** @type {any} */ event) => (setText(event.target.value), hold(mark, event.target.value), onTyping(true))}></textarea>
    ${problem ? html`<p class="notice notice--problem" role="alert">${problem}</p>` : null}
    <div class="row">
      <${Button} kind="primary" type="submit" icon="note" busy=${busy} disabled=${text.trim() === ""}>${t("note-add")}<//>
      <span class="soft">${t("note-who")}</span>
      <${Button} kind="quiet" onClick=${onClose}>${t("action-cancel")}<//>
    </div>
  </form>`;
}

/** @param {{ name: string, address: string }[]} people */
const addresses = (people) => people.map(({ name, address }) => (name ? `${name} <${address}>` : address)).join(", ");

/** Addresses as people type them: "Nora <n@x>, b@y". @param {string} text */
export function parsed(text) {
  return text
    .split(/[,;\n]/)
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const found = /^(.*)<([^<>]+)>$/.exec(part);
      return found ? { name: found[1].trim().replace(/^"|"$/g, ""), address: found[2].trim() } : { name: "", address: part };
    });
}
