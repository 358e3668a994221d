/** A ticket: its conversation, what is written on it, and what people set. */

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { get, newKey, post } from "../app/api.js";
import { andLater, draftOf, entries, isMoving, knownBefore, open as openTicket, unfolded } from "../app/conversation.js";
import { feed } from "../app/feed.js";
import { foundRows } from "../app/found.js";
import { explain, t } from "../app/locale.js";
import { contentOf } from "../app/reply_words.js";
import { go, link, read } from "../app/router.js";
import { current, may } from "../app/session.js";
import { listShown } from "../app/tickets.js";
import { full } from "../app/time.js";
import { titleTicket } from "../app/title.js";
import { changeOrTell } from "../components/changing_ticket.js";
import { useEvery, useLoaded, useShortcuts } from "../app/use.js";
import { knownRow, lastShown } from "../app/worklist.js";
import { Button } from "../components/button.js";
import { ReplyComposer } from "../components/composer.js";
import { Entry } from "../components/entry.js";
import { html } from "../components/html.js";
import { NoteComposer } from "../components/note_composer.js";
import { Others, usePresence } from "../components/presence.js";
import { Properties } from "../components/properties.js";
import { State } from "../components/state.js";
import { Correction } from "../components/structure.js";
import { say } from "../components/toasts.js";

const LOOKED_SOON_MS = 4_000;
const NEAR_THE_END = 3;

/** Whether the list to which one goes back is what a search found. */
const searched = () => read(listShown()).query.has("q");

const statesOf = (/** @type {any[]} */ replies) => replies.map(({ id, state, failure }) => `${id} ${state} ${failure}`).join();

/** @param {{ id: string, place: import("../app/router.js").Place, menu: any }} props */
export function Ticket({ id, place, menu }) {
  const user = current().user;
  const loaded = useLoaded((signal) => openTicket(id, may("reply:send"), signal), [id]);
  // Whoever may not see it any more does not go on seeing it.
  const refused = /** @type {any} */ (loaded.problem)?.status === 404;
  const opened = refused ? { ...loaded, value: undefined } : loaded;
  const people = useLoaded((signal) => get("/api/tickets/people?limit=100", { signal }), []);
  const related = useLoaded((signal) => get(`/api/tickets/${id}/related`, { signal }), [id]);
  const [writing, setWriting] = useState(/** @type {{ kind: "reply", draft: any, focused?: boolean, everybody?: boolean } | { kind: "note" } | null} */ (null));
  const [fresh, setFresh] = useState(/** @type {Set<string>} */ (new Set()));
  const [newer, setNewer] = useState(false);
  const [correcting, setCorrecting] = useState(/** @type {any} */ (null));
  const typing = useRef(false);
  const unsay = useRef(() => {}); // what was done before: one thing can be undone
  const begun = useRef(false);
  const closing = useRef(false);
  const key = useRef(newKey());
  const others = usePresence(id, typing);
  const ticket = opened.value?.ticket;
  const fixed = !ticket || Boolean(ticket.merged_into || ticket.erased_at || ticket.destroyed_at);
  const draft = opened.value && user ? draftOf(opened.value, user.id) : null;
  const reload = useCallback(
    (/** @type {unknown} */ ids) => {
      if (Array.isArray(ids)) setFresh(new Set(ids));
      setNewer(false);
      void opened.reload();
      void related.reload();
    },
    [opened.reload, related.reload],
  );
  const seen = ticket ?? (refused ? undefined : knownRow(id));
  const all = opened.value ? entries(opened.value) : [];
  const open = unfolded(all, fresh);
  useLayoutEffect(() => scrollTo(0, 0), []);
  useEffect(() => (titleTicket(seen?.code ?? ""), () => titleTicket("")), [seen?.code]);
  useEffect(() => {
    if (!opened.value || begun.current) return;
    begun.current = true;
    if (draft && !fixed) setWriting({ kind: "reply", draft });
    // What is folded was read before: one begins at what is not.
    const folded = all.findIndex((one) => open.has(one.id));
    if (folded > 0) document.getElementById(`mail-${all[folded].id}`)?.scrollIntoView({ block: "start" });
  }, [opened.value]);

  // What happens elsewhere appears by itself; under somebody who writes only a line says that it is there.
  const known = useRef(/** @type {any} */ (null));
  known.current = opened.value;
  const write = useRef(writing);
  write.current = writing;
  useEffect(
    () =>
      feed.follow(({ news, lost }) => {
        const before = known.current?.ticket;
        const now = news.findLast((one) => one.id === id)?.ticket;
        if (before && news.some((one) => one.kind === "gone" && [id, before.mailbox_id].includes(one.id))) return reload(undefined);
        if (!before || (!lost && (!now || now.version <= before.version))) return;
        if (write.current && now?.conversation !== before.conversation) setNewer(true);
        else reload(undefined);
      }),
    [id, reload],
  );
  // How a reply fares is no news of the ticket until it is sent or stuck.
  const follow = async () => {
    const before = known.current;
    if (!before || !isMoving(before, new Date())) return;
    const { items } = await get(`/api/tickets/${id}/replies?limit=50`).catch(() => ({ items: before.replies }));
    if (known.current === before && statesOf(items) !== statesOf(before.replies)) reload(undefined);
  };
  useEvery(() => void follow(), LOOKED_SOON_MS);
  const showNewer = async () => {
    const had = new Set(known.current.messages.map((/** @type {any} */ { message }) => message.id));
    const next = await openTicket(id, may("reply:send")).catch((error) => say(explain(error), { kind: "problem" }));
    if (!next || typeof next === "function") return;
    setFresh(new Set(next.messages.map((/** @type {any} */ { message }) => message.id).filter((/** @type {string} */ one) => !had.has(one))));
    setNewer(false);
    opened.set(next);
  };

  /** @param {Record<string, any>} body */
  const begin = async (body) => {
    try {
      const made = await post(`/api/tickets/${id}/replies`, body, { key: key.current });
      key.current = newKey();
      setWriting({ kind: "reply", draft: made, focused: true });
    } catch (error) {
      say(explain(error), { kind: "problem" });
    }
  };
  const reply = async (everybody = false) => {
    if (fixed || !may("reply:send") || writing?.kind === "reply") return;
    if (draft) setWriting({ kind: "reply", draft, focused: true, everybody });
    else await begin({ everybody });
  };
  const note = () => !fixed && may("note:write") && setWriting({ kind: "note" });
  /** Set something by a key: what was done is told, for it is seen at the edge only, and can be undone. @param {Record<string, any>} change */
  const set = async (change) => {
    const members = Object.keys(change);
    if (fixed || !may("ticket:write") || members.every((name) => ticket[name] === change[name])) return;
    const before = Object.fromEntries(members.map((name) => [name, ticket[name]]));
    await changeOrTell(ticket, change, names, (after) => {
      void opened.reload();
      unsay.current();
      if (after) unsay.current = say(t("bulk-done", { count: 1 }), { action: { words: t("action-undo"), run: () => void changeOrTell(after, before, names, () => void opened.reload()) } });
    });
  };
  const back = () => go(listShown() || link(["tickets"], { view: place.query.get("view") }));
  // On a narrow screen they stand below all that was written.
  const toSide = () => /** @type {HTMLElement | null} */ (document.querySelector(".side select, .side input, .side button"))?.focus();
  // Out of a field first.
  const escape = () => {
    const at = document.activeElement;
    if (at instanceof HTMLElement && at.matches("input, select, textarea")) at.blur();
    else if (!writing) back();
  };
  const neighbour = useNeighbours(id);
  const walk = (/** @type {number} */ by) => {
    const next = neighbour(by);
    if (!next) return;
    const list = searched() ? undefined : lastShown();
    if (list) list.at = next.id;
    go(link(["tickets", next.id], { view: place.query.get("view") }));
  };
  useShortcuts([
    { keys: "r", words: "keys-reply", run: () => void reply() },
    { keys: "a", words: "keys-reply-all", run: () => void reply(true) },
    { keys: "n", words: "keys-note-begin", run: note },
    { keys: "e", words: "keys-solve", run: () => void set({ state: "solved" }) },
    { keys: "i", words: "keys-assign-me", run: () => void set({ assignee_id: user?.id }) },
    { keys: "u", words: "keys-back", run: back },
    { keys: "Escape", words: "keys-back", run: escape },
    ...(neighbour(1) || neighbour(-1) ? [{ keys: "j", words: "keys-next", run: () => walk(1) }, { keys: "k", words: "keys-previous", run: () => walk(-1) }] : []),
  ]);
  const messages = all.filter(({ kind }) => kind === "message").map(({ it }) => it);
  const before = knownBefore(all);
  const colleagues = people.value?.items ?? [];
  const names = new Map(colleagues.map((/** @type {any} */ one) => [one.id, one.name]));
  const tell = (/** @type {boolean} */ now) => (typing.current = now);
  // Who was writing goes on at the buttons that stand where they wrote.
  const close = () => {
    closing.current = true;
    setWriting(null);
  };
  useLayoutEffect(() => {
    if (writing || !closing.current) return;
    closing.current = false;
    if (document.activeElement === document.body) document.getElementById("write")?.focus();
  }, [writing]);
  // A reply whose place a note took was saved meanwhile, and is gone on with as it was saved.
  const closeNote = () => (close(), void opened.reload());
  const fold = (/** @type {any} */ saved) => {
    const now = known.current;
    opened.set({ ...now, replies: [...now.replies.filter((/** @type {any} */ one) => one.id !== saved.id), saved] });
    if (write.current?.kind !== "note") close(); // begun while this was saved
  };
  return html`<header class="bar">
      ${menu}
      <${Button} kind="quiet" icon="back" label=${t("action-back")} shortcut="u" onClick=${back} />
      <h1 class="bar__title bar__title--long" title=${seen?.subject}><span dir="auto">${seen ? seen.subject || t(seen.destroyed_at ? "subject-destroyed" : "subject-none") : t(opened.problem ? "views-heading" : "loading")}</span></h1>
      ${seen ? html`<bdi class="code">${seen.code}</bdi><${State} state=${seen.state} />` : null}
      ${ticket ? html`<span class="bar__side"><${Button} kind="quiet" icon="more" label=${t("side-label")} onClick=${toSide} /></span>` : null}
      ${neighbour(1) || neighbour(-1)
        ? html`<span class="bar__walk"><${Button} kind="quiet" icon="up" label=${t("keys-previous")} shortcut="k" disabled=${!neighbour(-1)} onClick=${() => walk(-1)} />
            <${Button} kind="quiet" icon="down" label=${t("keys-next")} shortcut="j" disabled=${!neighbour(1)} onClick=${() => walk(1)} /></span>`
        : null}
    </header>
    ${opened.problem ? html`<p class="notice notice--problem others" role="alert">${explain(opened.problem)} <${Button} onClick=${opened.reload}>${t("action-again")}<//></p>` : null}
    ${ticket?.destroyed_at ? html`<p class="notice notice--warning others">${t("ticket-destroyed")}</p>` : null}
    ${ticket?.merged_into ? html`<p class="notice notice--warning others">${t("ticket-merged")} <a href=${link(["tickets", ticket.merged_into])}>${t("ticket-merged-into")}</a></p>` : null}
    ${ticket?.erased_at ? html`<p class="notice notice--warning others">${t("ticket-was-erased", { when: full(ticket.erased_at) })}</p>` : null}
    ${ticket?.held ? html`<p class="notice others">${t("ticket-held")}</p>` : null}
    ${ticket?.follow_up_of ? html`<p class="notice others">${t("ticket-follow-up")} <a href=${link(["tickets", ticket.follow_up_of])}>${t("ticket-follow-up-of")}</a></p>` : null}
    <${Others} others=${others} names=${names} />
    <div class="ticket">
      <div class="conversation" aria-busy=${String(opened.loading)}>
        ${opened.value?.more_messages ? html`<p class="soft">${t("ticket-older")}</p>` : null}
        ${!opened.value && !opened.problem ? html`<div class="mail mail__body"><p class="skeleton"></p></div>` : null}
        ${all.map(
          (entry) => html`<${Entry} key=${entry.id} entry=${entry} open=${open.has(entry.id)} fresh=${fresh.has(entry.id)} ticket=${ticket} messages=${messages} known=${before.get(entry.id) ?? []}
            people=${colleagues} names=${names} onChange=${reload} onBack=${(/** @type {any} */ taken) => setWriting({ kind: "reply", draft: taken, focused: true })} onCorrect=${setCorrecting} />`,
        )}
        <div role="status">${newer ? html`<p class="notice row">${t("ticket-newer")} <${Button} onClick=${showNewer}>${t("ticket-newer-show")}<//></p>` : null}</div>
        ${writing?.kind === "reply"
          ? html`<${ReplyComposer} key=${writing.draft.id} ticket=${ticket} draft=${writing.draft} messages=${messages} focused=${writing.focused ?? false} everybody=${writing.everybody ?? false} onChange=${reload} onTyping=${tell} onClose=${close} onFold=${fold}
              onBack=${(/** @type {any} */ taken) => setWriting({ kind: "reply", draft: taken, focused: true })}
              onAnew=${(/** @type {any} */ words) => (close(), void begin({ ...contentOf(words, writing.draft), upload_ids: [], parent_message_id: writing.draft.parent_message_id }))} />`
          : null}
        ${writing?.kind === "note" ? html`<${NoteComposer} ticket=${ticket} people=${colleagues} onDone=${reload} onTyping=${tell} onClose=${closeNote} />` : null}
        ${ticket && !writing && !fixed
          ? html`<div class="row">
              ${may("reply:send")
                ? html`<${Button} id="write" kind="primary" icon="reply" shortcut="r" onClick=${() => reply()}>${t(draft ? "reply-go-on" : "reply-begin")}<//>
                    ${wentToSeveral(messages.at(-1)) ? html`<${Button} onClick=${() => reply(true)}>${t("reply-begin-all")}<//>` : null}`
                : null}
              ${may("note:write") ? html`<${Button} icon="note" onClick=${note}>${t("note-begin")}<//>` : null}
            </div>`
          : null}
      </div>
      ${ticket ? html`<${Properties} ticket=${ticket} values=${opened.value.fields} people=${colleagues} related=${related.value} onChange=${reload} />` : null}
    </div>
    ${correcting
      ? html`<${Correction} ticket=${ticket} message=${correcting} later=${andLater(all, correcting.id)} offered=${[...(related.value?.suggested ?? []), ...(related.value?.linked ?? [])]} onDone=${reload} onClose=${() => setCorrecting(null)} />`
      : null}`;
}

/** Whether others than the mailbox got a mail too: then an answer may go to all of them. @param {any} mail */
const wentToSeveral = (mail) => (mail?.to.length ?? 0) + (mail?.cc.length ?? 0) > 1;

/**
 * The tickets before (-1) and after (1) this one in the list or the search from which it was opened. One that has left the list
 * since, because it was solved, has those that stand where it was.
 * @param {string} id
 */
function useNeighbours(id) {
  const list = searched() ? undefined : lastShown();
  const rows = searched() ? foundRows() : (list?.list.rows ?? []);
  const was = useRef(-1);
  const at = rows.findIndex((row) => row.id === id);
  if (at >= 0) was.current = at;
  useEffect(() => void (list?.list.next && at >= rows.length - NEAR_THE_END && list.more()), [id]);
  return (/** @type {number} */ by) => (was.current < 0 ? undefined : rows[at >= 0 ? at + by : by > 0 ? was.current : was.current - 1]);
}
