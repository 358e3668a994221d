/** Writing a reply: kept as it is written, sent now or later, taken back; what holds it up is said and decided here. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { without, written } from "../app/addresses.js";
import { get, post, Problem, remove } from "../app/api.js";
import { useAsksBeforeClosing } from "../app/closing.js";
import { useDraft } from "../app/reply_draft.js";
import { explain, t } from "../app/locale.js";
import { go, link } from "../app/router.js";
import { full } from "../app/time.js";
import { useLoaded, useShortcuts } from "../app/use.js";
import { Attachments, useFiles } from "./attachments.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";
import { Check, Choice, Field } from "./field.js";
import { Elsewhere, Held } from "./held.js";
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { MomentDialog } from "./moment_dialog.js";
import { SavedReplyPicker } from "./saved_reply_picker.js";
import { say } from "./toasts.js";

const MOST_DAYS_AHEAD = 30;
const SHORTEST_UNDO_MS = 4_000;

/**
 * @param {object} props
 * @param {any} props.ticket @param {any} props.draft @param {any[]} props.messages
 * @param {boolean} props.focused somebody wants to write now @param {boolean} [props.everybody] and to all
 * @param {(fresh?: string[]) => void} props.onChange the ticket is to be read again; what is new since is to be shown
 * @param {(draft: any) => void} props.onBack a reply that was taken back, to be written on
 * @param {(words: import("../app/reply_words.js").Words) => void} props.onAnew words to begin another reply with
 * @param {(draft: any) => void} props.onFold it is put away, as it is saved
 * @param {(typing: boolean) => void} props.onTyping @param {() => void} props.onClose
 */
export function ReplyComposer({ ticket, draft: found, messages, focused, everybody = false, onChange, onBack, onFold, onAnew, onTyping, onClose }) {
  const draft = useDraft(ticket.id, found);
  const files = useFiles(ticket.id, draft);
  const senders = useLoaded((signal) => get(`/api/content/mailboxes/${ticket.mailbox_id}/senders`, { signal }), [ticket.mailbox_id]);
  const [problem, setProblem] = useState(/** @type {Problem | null} */ (null));
  const [sending, setSending] = useState(false);
  const [more, setMore] = useState(found.cc.length + found.bcc.length > 0);
  const [asking, setAsking] = useState(/** @type {"saved" | "later" | "discard" | null} */ (null));
  const [over, setOver] = useState(false);
  const last = useRef(/** @type {Record<string, any>} */ ({}));
  const inserted = useRef(false);
  const area = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const { words } = draft;
  const base = `/api/tickets/${ticket.id}/replies/${found.id}`;
  const change = (/** @type {Partial<typeof words>} */ some) => (onTyping(true), draft.change(some));
  useAsksBeforeClosing(sending || draft.state !== "saved" || files.waiting.length > 0);
  // With the drawing: the next key is of the text.
  useLayoutEffect(() => {
    if (focused) {
      area.current?.form?.scrollIntoView({ block: "nearest" });
      area.current?.focus();
    }
    return () => onTyping(false);
  }, []);

  useEffect(() => {
    // The dialog has given the focus back to the button that opened it; writing goes on in the text.
    if (inserted.current && asking === null) area.current?.focus();
    inserted.current = false;
  }, [asking]);

  /** @param {Record<string, any>} how */
  const send = async (how) => {
    if (sending) return;
    last.current = how;
    setSending(true);
    setProblem(null);
    try {
      if (!(await files.settled())) throw new Problem(0, "upload.some_missing");
      const saved = await draft.save();
      const asked = { conversation: ticket.conversation, then_state: null, anyway: false, confirmed: false, send_at: null, ...how };
      const { reply } = await post(`${base}/queue`, asked, { version: saved.version });
      gone(reply, how.send_at);
    } catch (error) {
      setSending(false);
      await stopped(error);
    }
  };
  /** @param {any} reply @param {string} [sendAt] */
  const gone = (reply, sendAt) => {
    draft.forget();
    const undo = () =>
      void post(`${base}/undo`).then(
        (taken) => (onBack(taken), go(link(["tickets", ticket.id])), onChange()),
        (error) => (say(explain(error), { kind: "problem" }), onChange()),
      );
    const left = reply.not_before ? new Date(reply.not_before).getTime() - Date.now() : 0;
    say(sendAt ? t("reply-scheduled", { when: full(sendAt) }) : t("reply-queued"), {
      milliseconds: sendAt ? undefined : Math.max(SHORTEST_UNDO_MS, left),
      action: { words: t("action-undo"), run: undo },
    });
    onClose();
    onChange();
  };
  /** @param {unknown} error */
  const stopped = async (error) => {
    const why = error instanceof Problem ? error : new Problem(0, "internal");
    const state = why.params.state;
    // The answer to an earlier press was lost on its way: it had been queued.
    if (why.code === "reply.changed_meanwhile" && why.params.version === draft.reply.version + 1 && state === "queued") return gone(await get(base));
    if (why.code === "reply.conversation_moved") onChange(why.params.messages);
    if (why.code !== "reply.changed_meanwhile") setProblem(why);
  };
  const fold = async () => onFold(await draft.save().catch(() => draft.reply));
  const blank = words.text.trim() === "" && words.upload_ids.length === 0 && files.waiting.length === 0;
  const discard = async () => {
    setAsking(null);
    draft.forget();
    try {
      await remove(base);
      onClose();
    } catch (error) {
      say(explain(error), { kind: "problem" });
    }
    onChange();
  };
  /** @param {string} text @param {string[]} missing */
  const insert = (text, missing) => {
    setAsking(null);
    const at = area.current;
    if (!at) return;
    at.setRangeText(text, at.selectionStart, at.selectionEnd, "end");
    change({ text: at.value });
    inserted.current = true;
    if (missing.length > 0) say(t("saved-missing", { names: missing.join(", ") }));
  };
  const newcomers = draft.reply.new_participants.filter((/** @type {string} */ address) => [words.to, words.cc, words.bcc].some((line) => line.toLowerCase().includes(address.toLowerCase())));
  const withoutNewcomers = () => {
    change({ to: without(words.to, newcomers), cc: without(words.cc, newcomers), bcc: without(words.bcc, newcomers) });
    setProblem(null);
  };
  const leave = () => {
    const at = document.activeElement;
    if (sending || !(at instanceof HTMLElement) || !area.current?.form?.contains(at)) return;
    at.blur(); // the next key is none of the text, though it may still have to be saved
    void fold();
  };
  useShortcuts([
    { keys: "Mod+Enter", words: "keys-send", run: () => void send({}) },
    { keys: "Escape", words: "reply-fold", run: leave },
  ]);
  const copyTo = () => {
    setMore(true);
    setTimeout(() => /** @type {HTMLElement | undefined} */ (area.current?.form?.querySelectorAll(".composer__people input")[1])?.focus());
  };
  /** @param {"to" | "cc" | "bcc"} which */
  const line = (which) => html`<${Field} label=${t(`mail-${which}`)} dir="ltr" autocomplete="off" value=${words[which]} onInput=${(/** @type {any} */ event) => change({ [which]: event.target.value })} />`;
  const from = senders.value?.items ?? [];
  // Those of the mail that is answered to whom the reply does not go: an answer to all of them is one press away.
  const addressed = `${words.to}, ${words.cc}, ${words.bcc}`.toLowerCase();
  const answered = messages.find(({ id }) => id === draft.reply.parent_message_id);
  const left = from.length === 0 || !answered ? [] : [...answered.to, ...answered.cc].filter(({ address }) => address && ![addressed, ...from.map((/** @type {any} */ one) => one.address.toLowerCase())].some((known) => known.includes(address.toLowerCase())));
  const toAll = () => (setMore(true), change({ cc: [words.cc, written(left)].filter(Boolean).join(", ") }));
  const asked = useRef(everybody);
  useEffect(() => {
    if (!asked.current || from.length === 0) return;
    asked.current = false;
    if (left.length > 0) toAll();
  }, [from.length]);
  return html`<form
    class=${over ? "composer composer--over" : "composer"}
    aria-label=${t("reply-label")}
    onSubmit=${(/** @type {Event} */ event) => (event.preventDefault(), void send({}))}
    onDragOver=${(/** @type {DragEvent} */ event) => (event.preventDefault(), setOver(true))}
    onDragLeave=${() => setOver(false)}
    onDrop=${(/** @type {DragEvent} */ event) => (event.preventDefault(), setOver(false), event.dataTransfer && files.add(event.dataTransfer.files))}
  >
    <div class="composer__people">
      ${from.length > 1
        ? html`<${Choice} label=${t("mail-from")} value=${words.sender} options=${from.map((/** @type {any} */ one) => ({ value: one.address, words: one.name ? `${one.name} <${one.address}>` : one.address }))}
            onChange=${(/** @type {any} */ event) => change({ sender: event.target.value })} />`
        : null}
      <div class="composer__to">${line("to")}${more ? null : html`<${Button} kind="quiet" onClick=${copyTo}>${t("reply-more-people")}<//>`}</div>
      ${more ? html`${line("cc")}${line("bcc")}` : null}
      ${left.length > 0 ? html`<p class="row"><${Button} kind="quiet" icon="people" onClick=${toAll}>${t("reply-begin-all")}<//> <bdi class="soft">${written(left)}</bdi></p>` : null}
      ${newcomers.length > 0 ? html`<p class="row"><span class="chip chip--warning"><${Icon} name="alert" /> ${t("trust-new")}</span> <bdi>${newcomers.join(", ")}</bdi></p>` : null}
      <${Field} label=${t("mail-subject")} dir="auto" value=${words.subject} onInput=${(/** @type {any} */ event) => change({ subject: event.target.value })} />
    </div>
    <textarea ref=${area} class="input composer__text" dir="auto" rows="8" aria-label=${t("reply-text")} value=${words.text}
      onInput=${(/** @type {any} */ event) => change({ text: event.target.value })}
      onPaste=${(/** @type {ClipboardEvent} */ event) => {
        const pasted = event.clipboardData?.files;
        // Office programs put a picture of the words beside them: words are meant where there are any.
        if (pasted && pasted.length > 0 && !event.clipboardData?.getData("text/plain")) (event.preventDefault(), files.add(pasted));
      }}></textarea>
    <${Attachments} files=${files} draft=${draft} />
    <div class="row composer__tools">
      <label class="button button--quiet"><${Icon} name="attach" /> ${t("reply-attach")}
        <input class="visually-hidden" type="file" multiple onChange=${(/** @type {any} */ event) => (files.add([...event.target.files]), (event.target.value = ""))} /></label>
      <${Button} kind="quiet" icon="note" onClick=${() => setAsking("saved")}>${t("saved-insert")}<//>
      ${draft.reply.parent_message_id ? html`<${Check} label=${t("reply-quotes")} checked=${words.quotes} onChange=${(/** @type {any} */ event) => change({ quotes: event.target.checked })} />` : null}
      <${Check} label=${t("reply-signs")} checked=${words.signs} onChange=${(/** @type {any} */ event) => change({ signs: event.target.checked })} />
    </div>
    ${draft.other ? html`<${Elsewhere} other=${draft.other} onKeepMine=${draft.keepMine} onTakeOther=${draft.takeOther} onAnew=${() => (draft.forget(), onAnew(words))} onClose=${() => (draft.forget(), onClose(), onChange())} />` : null}
    ${problem ? html`<${Held} problem=${problem} messages=${messages} newcomers=${newcomers} onLook=${() => setProblem(null)} onRemove=${withoutNewcomers} onDecide=${(/** @type {any} */ more) => send({ ...last.current, ...more })} />` : null}
    <div class="row">
      <${Button} kind="primary" type="submit" icon="send" busy=${sending}>${t("reply-send")}<//>
      <${Button} busy=${sending} onClick=${() => send({ then_state: "solved" })}>${t("reply-send-solve")}<//>
      <${Button} busy=${sending} onClick=${() => send({ then_state: "pending" })}>${t("reply-send-pending")}<//>
      <${Button} icon="clock" busy=${sending} onClick=${() => setAsking("later")}>${t("reply-later")}<//>
    </div>
    <div class="row composer__end">
      <span class="soft" role="status">${draft.problem ? t("draft-not-saved", { why: explain(draft.problem) }) : t(`draft-${draft.state}`)}</span>
      <span class="row"><${Button} kind="quiet" onClick=${fold}>${t("reply-fold")}<//><${Button} kind="quiet" onClick=${() => (blank ? void discard() : setAsking("discard"))}>${t("reply-discard")}<//></span>
    </div>
  </form>
  ${asking === "saved" ? html`<${SavedReplyPicker} ticket=${ticket} onChoose=${insert} onClose=${() => setAsking(null)} />` : null}
  ${asking === "discard"
    ? html`<${Dialog} title=${t("reply-discard-title")} onClose=${() => setAsking(null)}
        actions=${html`<${Button} onClick=${() => setAsking(null)}>${t("action-cancel")}<//><${Button} kind="danger" onClick=${discard}>${t("reply-discard")}<//>`}>
        <p>${t("reply-discard-sure")}</p><//>`
    : null}
  ${asking === "later"
    ? html`<${MomentDialog} title=${t("later-title")} words=${t("later-choose")} mostDays=${MOST_DAYS_AHEAD} onClose=${() => setAsking(null)}
        onChoose=${(/** @type {Date} */ at) => (setAsking(null), void send({ send_at: at.toISOString() }))} />`
    : null}`;
}
