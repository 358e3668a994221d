/**
 * A draft that is saved as it is written: on the server, and until that has it, in this window. Nothing typed is lost
 * by a reload, an ended session, a lost connection or a second window.
 */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { get, patch, Problem } from "./api.js";
import { held, hold } from "./appearance.js";
import { contentOf, resumed, same, wordsOf } from "./reply_words.js";
import { onSession } from "./session.js";

const SAVED_AFTER_MS = 1_200;
const TRIED_AGAIN_AFTER_MS = 15_000;

/** @typedef {import("./reply_words.js").Words} Words */

/**
 * @typedef {object} Draft
 * @property {any} reply as the server has it
 * @property {Words} words as they are typed
 * @property {"saved" | "unsaved" | "saving" | "waiting"} state `waiting`: until there is a connection or a session again
 * @property {unknown} problem why it is not saved
 * @property {any} other the reply as somebody else saved it, where that was not this window
 * @property {(change: Partial<Words> | ((words: Words) => Partial<Words>)) => void} change
 * @property {() => Promise<any>} save at once; returns the reply as it is saved
 * @property {() => void} keepMine
 * @property {() => void} takeOther
 * @property {() => void} forget nothing of it is held or saved any more
 */

/** @param {string} ticketId @param {any} found the draft as it was read @returns {Draft} */
export function useDraft(ticketId, found) {
  const mark = `draft.${found.id}`;
  const path = `/api/tickets/${ticketId}/replies/${found.id}`;
  const [start] = useState(() => resumed(found, held(mark)));
  const now = useRef({ reply: found, words: start.words, ended: false });
  const [shown, setShown] = useState({ reply: found, words: start.words });
  const [state, setState] = useState(/** @type {Draft["state"]} */ (start.unsaved ? "unsaved" : "saved"));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [other, setOther] = useState(/** @type {any} */ (start.other ? found : null));
  const timer = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  const running = useRef(/** @type {Promise<any>} */ (Promise.resolve()));
  const later = (/** @type {number} */ ms) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void save().catch(() => {}), ms);
  };
  const keep = () => hold(mark, JSON.stringify({ version: now.current.reply.version, words: now.current.words }));

  const write = async () => {
    const { reply, words, ended } = now.current;
    if (ended || same(words, wordsOf(reply))) return reply;
    setState("saving");
    try {
      return took(await patch(path, contentOf(words, reply), reply.version), words);
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "reply.changed_meanwhile") throw error;
      const newest = await get(path);
      // Our own save whose answer was lost.
      if (newest.state === "draft" && same(wordsOf(newest), words)) return took(newest, words);
      setOther(newest);
      throw error;
    }
  };
  /** @param {any} reply @param {Words} sent */
  const took = (reply, sent) => {
    now.current.reply = reply;
    // What the server wrote in its own way is not a change that a person made.
    const whole = JSON.stringify(now.current.words) === JSON.stringify(sent);
    if (whole) hold(mark, "");
    else keep();
    setShown({ reply, words: now.current.words });
    setState(whole ? "saved" : "unsaved");
    setProblem(null);
    return reply;
  };
  const save = useCallback(() => {
    clearTimeout(timer.current);
    running.current = running.current.catch(() => {}).then(write);
    return running.current.catch((error) => {
      const waits = error instanceof Problem && (error.status === 0 || error.status === 401 || error.status >= 500);
      setState(waits ? "waiting" : "unsaved");
      setProblem(waits ? null : error);
      if (waits) later(TRIED_AGAIN_AFTER_MS);
      throw error;
    });
  }, []);
  const change = useCallback((/** @type {Partial<Words> | ((words: Words) => Partial<Words>)} */ some) => {
    const words = now.current.words;
    now.current.words = { ...words, ...(typeof some === "function" ? some(words) : some) };
    keep();
    setShown({ reply: now.current.reply, words: now.current.words });
    setState("unsaved");
    later(SAVED_AFTER_MS);
  }, []);
  useEffect(() => {
    if (start.unsaved && !start.other) later(0);
    const again = () => !now.current.ended && later(0);
    const noSession = onSession((session) => void (session.state === "whole" && again()));
    addEventListener("online", again);
    return () => {
      clearTimeout(timer.current);
      removeEventListener("online", again);
      noSession();
      void save().catch(() => {});
    };
  }, []);
  return {
    ...shown,
    state,
    problem,
    other,
    change,
    save,
    keepMine: () => {
      now.current.reply = other;
      setOther(null);
      setProblem(null);
      void save().catch(() => {});
    },
    takeOther: () => {
      now.current = { ...now.current, reply: other, words: wordsOf(other) };
      hold(mark, "");
      setShown({ reply: other, words: now.current.words });
      setOther(null);
      setProblem(null);
      setState("saved");
    },
    forget: () => {
      now.current.ended = true;
      clearTimeout(timer.current);
      hold(mark, "");
    },
  };
}
