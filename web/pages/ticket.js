/** A ticket: its conversation, what is written on it, and what people set. */

import { useEffect, useRef, useState } from "preact/hooks";
import { get, newKey, patch, post, remove } from "../app/api.js";
import { draftOf, entries, open as openTicket, unfolded } from "../app/conversation.js";
import { explain, t } from "../app/locale.js";
import { go, link } from "../app/router.js";
import { current, may } from "../app/session.js";
import { full, relative } from "../app/time.js";
import { useEvery, useLoaded, useShortcuts } from "../app/use.js";
import { Button } from "../components/button.js";
import { NoteComposer, ReplyComposer } from "../components/composer.js";
import { html } from "../components/html.js";
import { Icon } from "../components/icon.js";
import { Message, Text } from "../components/message.js";
import { Properties } from "../components/properties.js";
import { ReplyOnItsWay } from "../components/reply.js";
import { State } from "../components/state.js";
import { say } from "../components/toasts.js";

const HEARTBEAT_MS = 10_000;

/** @param {{ id: string, place: import("../app/router.js").Place, menu: any }} props */
export function Ticket({ id, place, menu }) {
  const opened = useLoaded((signal) => openTicket(id, may("reply:send"), signal), [id]);
  const people = useLoaded((signal) => get("/api/tickets/people?limit=100", { signal }), []);
  const [writing, setWriting] = useState(/** @type {{ kind: "reply", draft: any } | { kind: "note" } | null} */ (null));
  const typing = useRef(false);
  const others = usePresence(id, typing);
  const ticket = opened.value?.ticket;
  const user = current().user;
  const fixed = !ticket || Boolean(ticket.merged_into);
  useEffect(() => {
    const draft = opened.value && user ? draftOf(opened.value, user.id) : null;
    if (draft && !writing) setWriting({ kind: "reply", draft });
  }, [opened.value]);
  const key = useRef(newKey());
  const reply = async (everybody = false) => {
    if (fixed || !may("reply:send") || writing?.kind === "reply") return;
    try {
      const draft = await post(`/api/tickets/${id}/replies`, { everybody }, { key: key.current });
      key.current = newKey();
      setWriting({ kind: "reply", draft });
    } catch (error) {
      say(explain(error), { kind: "problem" });
    }
  };
  const note = () => !fixed && may("note:write") && setWriting({ kind: "note" });
  const set = async (/** @type {Record<string, any>} */ change) => {
    if (fixed || !may("ticket:write")) return;
    try {
      await patch(`/api/tickets/${id}`, change, ticket.version);
    } catch (error) {
      say(explain(error), { kind: "problem" });
    }
    void opened.reload();
  };
  const back = () => go(link(["tickets"], { view: place.query.get("view") }));
  useShortcuts([
    { keys: "r", words: "keys-reply", run: () => void reply() },
    { keys: "a", words: "keys-reply-all", run: () => void reply(true) },
    { keys: "n", words: "keys-note-begin", run: note },
    { keys: "e", words: "keys-solve", run: () => void set({ state: "solved" }) },
    { keys: "i", words: "keys-assign-me", run: () => void set({ assignee_id: user?.id }) },
    { keys: "u", words: "keys-back", run: back },
  ]);
  const all = opened.value ? entries(opened.value) : [];
  const open = unfolded(all);
  const names = new Map((people.value?.items ?? []).map((/** @type {any} */ one) => [one.id, one.name]));
  return html`<header class="bar">
      ${menu}
      <${Button} kind="quiet" icon="back" label=${t("action-back")} shortcut="u" onClick=${back} />
      <h1 class="bar__title"><span dir="auto">${ticket ? ticket.subject || t("subject-none") : t("loading")}</span></h1>
      ${ticket ? html`<bdi class="ticket-row__code">${ticket.code}</bdi><${State} state=${ticket.state} />` : null}
    </header>
    ${opened.problem ? html`<p class="notice notice--problem" role="alert">${explain(opened.problem)} <${Button} onClick=${opened.reload}>${t("action-again")}<//></p>` : null}
    <${Others} others=${others} names=${names} />
    <div class="ticket">
      <div class="conversation" aria-busy=${String(opened.loading)}>
        ${opened.value?.more_messages ? html`<p class="soft">${t("ticket-older")}</p>` : null}
        ${all.map((entry) => html`<${Entry} key=${entry.id} entry=${entry} open=${open.has(entry.id)} ticket=${ticket} names=${names} onChange=${opened.reload} />`)}
        ${writing?.kind === "reply"
          ? html`<${ReplyComposer} key=${writing.draft.id} ticket=${ticket} draft=${writing.draft} onChange=${opened.reload} onTyping=${(/** @type {boolean} */ now) => (typing.current = now)} onClose=${() => setWriting(null)} />`
          : null}
        ${writing?.kind === "note"
          ? html`<${NoteComposer} ticketId=${id} onDone=${opened.reload} onTyping=${(/** @type {boolean} */ now) => (typing.current = now)} onClose=${() => setWriting(null)} />`
          : null}
        ${ticket && !writing && !fixed
          ? html`<div class="row">
              ${may("reply:send") ? html`<${Button} kind="primary" icon="reply" shortcut="r" onClick=${() => reply()}>${t("reply-begin")}<//><${Button} onClick=${() => reply(true)}>${t("reply-begin-all")}<//>` : null}
              ${may("note:write") ? html`<${Button} icon="note" onClick=${note}>${t("note-begin")}<//>` : null}
            </div>`
          : null}
      </div>
      ${ticket ? html`<${Properties} ticket=${ticket} people=${people.value?.items ?? []} onChange=${() => opened.reload()} />` : null}
    </div>`;
}

/** Tell that this ticket is looked at, and learn who else does. @param {string} id @param {{ current: boolean }} typing @returns {any[]} */
function usePresence(id, typing) {
  const [others, setOthers] = useState(/** @type {any[]} */ ([]));
  const beat = () => {
    post(`/api/tickets/${id}/presence`, { typing: typing.current }).then(
      (answer) => setOthers(answer.others),
      () => {},
    );
  };
  useEffect(() => {
    beat();
    return () => void remove(`/api/tickets/${id}/presence`).catch(() => {});
  }, [id]);
  useEvery(beat, HEARTBEAT_MS);
  return others;
}

/** @param {{ others: any[], names: Map<string, string> }} props */
function Others({ others, names }) {
  return html`<div role="status" aria-live="polite">
    ${others.map(
      (one) => html`<p key=${one.user_id} class="notice notice--warning others"><${Icon} name=${one.typing ? "note" : "eye"} />
        ${t(one.typing ? "others-typing" : "others-looking", { name: names.get(one.user_id) ?? t("somebody") })}</p>`,
    )}
  </div>`;
}

/** @param {{ entry: import("../app/conversation.js").Entry, open: boolean, ticket: any, names: Map<string, string>, onChange: () => void }} props */
function Entry({ entry, open, ticket, names, onChange }) {
  const { kind, it } = entry;
  if (kind === "message") return html`<${Message} message=${it} open=${open} ticketCode=${ticket.code} />`;
  if (kind === "reply") return html`<${ReplyOnItsWay} reply=${it} ticket=${ticket} names=${names} onChange=${onChange} />`;
  if (kind === "note")
    return html`<article class="mail mail--note" aria-label=${t("note-of", { who: it.author_name ?? t("somebody") })}>
      <header class="mail__head"><${Icon} name="note" /><span class="mail__name" dir="auto">${it.author_name ?? t("note-function")}</span>
        <time class="soft mail__time" datetime=${entry.at} title=${full(entry.at)}>${relative(entry.at)}</time></header>
      <div class="mail__body">${it.text === null ? html`<p class="soft">${t("note-deleted")}</p>` : html`<${Text} text=${it.text} />`}</div>
    </article>`;
  const told = it.changes.map((/** @type {any} */ change) => changeWords(change, names)).filter(Boolean);
  if (told.length === 0) return null;
  return html`<p class="change soft"><span dir="auto">${names.get(it.user_id) ?? t("change-function")}</span> · ${told.join(" · ")} · <time datetime=${entry.at} title=${full(entry.at)}>${relative(entry.at)}</time></p>`;
}

/** @param {{ field: string, before: any, after: any }} change @param {Map<string, string>} names */
function changeWords({ field, after }, names) {
  if (field === "state") return t("change-state", { to: t(`state-${after}`) });
  if (field === "priority") return t("change-priority", { to: t(`priority-${after}`) });
  if (field === "assignee_id") return after ? t("change-assignee", { to: names.get(after) ?? t("somebody") }) : t("change-unassigned");
  if (field === "tags") return t("change-tags", { to: after || "–" });
  if (field === "snoozed_until") return after ? t("change-snoozed", { to: full(after) }) : t("change-woken");
  return "";
}
