/** Hooks that every page needs: something to be loaded, the place, keys. */

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { follow, read } from "./router.js";
import { current } from "./session.js";
import { offer } from "./shortcuts.js";

/**
 * @template T
 * @typedef {{ value: T | undefined, problem: unknown, loading: boolean, reload: () => Promise<void>, set: (value: T) => void }} Loaded
 */

/**
 * Load something when the page is shown, and anew when what it hangs on changes. What was loaded before stays
 * shown until the new is there, so that nothing jumps.
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} load @param {unknown[]} on
 * @returns {Loaded<T>}
 */
export function useLoaded(load, on) {
  const [state, setState] = useState(/** @type {{ value?: T, problem?: unknown, loading: boolean }} */ ({ loading: true }));
  const running = useRef(/** @type {AbortController | null} */ (null));
  const reload = useCallback(async () => {
    running.current?.abort();
    const mine = (running.current = new AbortController());
    setState((before) => ({ ...before, loading: true }));
    try {
      const value = await load(mine.signal);
      if (!mine.signal.aborted) setState({ value, loading: false });
    } catch (problem) {
      if (!mine.signal.aborted) setState((before) => ({ ...before, problem, loading: false }));
    }
  }, on);
  useEffect(() => {
    void reload();
    return () => running.current?.abort();
  }, [reload]);
  const set = useCallback((/** @type {T} */ value) => setState({ value, loading: false }), []);
  return { value: state.value, problem: state.problem, loading: state.loading, reload, set };
}

/** Where the page is, as long as it is shown. */
export function usePlace() {
  const [place, setPlace] = useState(() => read(location.hash));
  useEffect(() => follow(setPlace), []);
  return place;
}

/** Offer keys as long as something is shown. @param {import("./shortcuts.js").Shortcut[]} shortcuts */
export function useShortcuts(shortcuts) {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  // With the drawing: what shows something to write in has its keys when the first of them comes.
  useLayoutEffect(() => offer(() => latest.current), []);
}

/** Do something again and again while the page is looked at and its session lasts. @param {() => void} work @param {number} everyMs */
export function useEvery(work, everyMs) {
  const latest = useRef(work);
  latest.current = work;
  useEffect(() => {
    const turn = () => document.visibilityState === "visible" && current().state === "whole" && latest.current();
    const timer = setInterval(turn, everyMs);
    document.addEventListener("visibilitychange", turn);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", turn);
    };
  }, [everyMs]);
}
