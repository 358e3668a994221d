/** What a page shows as long as it is looked at: whether the desk answers, who is at which ticket. */

import { useEffect, useState } from "preact/hooks";
import { get } from "./api.js";
import { feed } from "./feed.js";
import { current, may } from "./session.js";
import { useEvery } from "./use.js";
import { forgetLists, keepRight } from "./worklist.js";

const FEED_MS = 5_000;
const PRESENCE_MS = 10_000;

/** Ask for news as long as the page is looked at. @param {() => void} onNews */
export function useFeed(onNews) {
  const look = () => may("ticket:read") && current().state === "whole" && void feed.look();
  useEffect(() => {
    look();
    const ends = [keepRight(), feed.follow(onNews)];
    addEventListener("online", look);
    return () => {
      for (const end of ends) end();
      removeEventListener("online", look);
      feed.forget(); // whoever comes next has other tickets
      forgetLists();
    };
  }, []);
  useEvery(look, FEED_MS);
}

/** Whether the desk answered when it was asked last. */
export function useConnected() {
  const [connected, setConnected] = useState(feed.connected);
  useEffect(() => feed.watch(() => setConnected(feed.connected)), []);
  return connected;
}

/** Who else is at which ticket. @returns {Map<string, any[]>} */
export function useOthers() {
  const [others, setOthers] = useState(/** @type {Map<string, any[]>} */ (new Map()));
  const look = () => {
    get("/api/tickets/presence").then(
      (answer) => setOthers(byTicket(answer.others)),
      () => {},
    );
  };
  useEffect(look, []);
  useEvery(look, PRESENCE_MS);
  return others;
}

/** @param {any[]} others */
function byTicket(others) {
  const at = new Map();
  for (const one of others) at.set(one.ticket_id, [...(at.get(one.ticket_id) ?? []), one]);
  return at;
}
