/** Who is signed in, as the whole page knows it. */

import { get, onSessionEnd, remove } from "./api.js";
import { holdFor, keep, kept } from "./appearance.js";
import { useTimeZone } from "./time.js";

/**
 * @typedef {object} User
 * @property {string} id
 * @property {string} email
 * @property {string} name
 * @property {string} role
 * @property {import("./appearance.js").Language} language
 * @property {string[]} permissions
 * @property {string[]} mailbox_ids
 * @property {string[]} [glass] mailboxes that they read by break-glass now
 */

/**
 * `ended`: a session was there and is not any more, so what is on the page stays and signing in goes over it; `over`:
 * it does so until it is whole again; `late`: the second step came too late for the first.
 * @typedef {{ state: "unknown" | "nobody" | "half" | "whole" | "ended", user: User | null, needs: string[], over?: boolean, late?: boolean }} Session
 */

/** @type {Session} */
let session = { state: "unknown", user: null, needs: [] };
/** @type {Set<(session: Session) => void>} */
const listeners = new Set();

export const current = () => session;

/** @param {(session: Session) => void} tell */
export function onSession(tell) {
  listeners.add(tell);
  return () => void listeners.delete(tell);
}

/** Take over what signing in answered. @param {{ user: User, needs: string[] }} answer */
export function opened({ user, needs }) {
  const over = Boolean(session.over) && session.user?.id === user.id;
  change({ state: needs.length > 0 ? "half" : "whole", user, needs, over: over && needs.length > 0 });
}

/** Ask who is signed in, where somebody was: a browser that never signed in need not ask. */
export async function restore() {
  if (kept("signed_in") !== "yes") return change({ state: "nobody", user: null, needs: [] });
  try {
    opened(await get("/api/session/"));
  } catch (problem) {
    if (/** @type {any} */ (problem).status !== 401) throw problem;
    change({ state: "nobody", user: null, needs: [] });
  }
}

/** True while somebody signs out: that what else is asked finds no session then is no news. */
let leaving = false;

/** Sign out. Where the desk cannot be told, the session is still there, and the Problem says why. */
export async function signOut() {
  leaving = true;
  try {
    await remove("/api/session/");
  } catch (problem) {
    if (/** @type {any} */ (problem).status !== 401) throw problem;
  } finally {
    leaving = false;
  }
  holdFor("");
  change({ state: "nobody", user: null, needs: [] });
}

/** Begin again as somebody else, or with the first factor. */
export const forget = () => change(session.over ? { ...session, state: "ended", needs: [] } : { state: "nobody", user: null, needs: [] });

/** @param {string} permission */
export const may = (permission) => session.user?.permissions.includes(permission) ?? false;

onSessionEnd.add(() => {
  if (leaving) return;
  if (session.state === "whole" || session.over) change({ ...session, state: "ended", needs: [], over: true });
  else if (session.state === "half") change({ state: "nobody", user: null, needs: [], late: true });
});

/** @param {Session} next */
function change(next) {
  session = next;
  keep("signed_in", next.user ? "yes" : "no");
  if (next.user) {
    holdFor(next.user.id);
    useTimeZone(/** @type {any} */ (next.user).time_zone);
  }
  for (const tell of listeners) tell(next);
}
