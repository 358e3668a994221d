/** The desk: who is there decides what is shown. */

import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { language, onLanguage, t, useLanguage } from "./app/locale.js";
import { current, onSession } from "./app/session.js";
import { read } from "./app/router.js";
import { laterStyles } from "./app/sheets.js";
import { usePlace } from "./app/use.js";
import { html } from "./components/html.js";
import { Lazy } from "./components/lazy.js";
import { Part } from "./components/part.js";
import { Toasts } from "./components/toasts.js";
import { beginQueue } from "./pages/queue.js";
import { Shell } from "./pages/shell.js";

const loadLink = () => import("./pages/link.js");
const loadSignIn = () => import("./pages/sign_in.js");
const BEFORE_NEEDED_MS = 5_000;
const LINKS = new Set(["invitation", "password_reset", "set_up"]);

function Desk() {
  const [session, setSession] = useState(current);
  const [, setLanguage] = useState(language);
  const place = usePlace();
  useEffect(() => onSession(setSession), []);
  useEffect(() => onLanguage(() => setLanguage(language())), []);
  useEffect(() => {
    if (session.state === "whole" && session.user && session.user.language !== language()) void useLanguage(session.user.language);
  }, [session]);
  // A session may end while the desk cannot be reached: then what asks to sign in must be here already.
  useEffect(() => void setTimeout(() => loadSignIn().catch(() => {}), BEFORE_NEEDED_MS), []);
  const kind = place.parts[0] ?? "";
  if (LINKS.has(kind)) return html`<${Lazy} load=${loadLink} name="Link" kind=${kind} token=${place.parts[1] ?? ""} /><${Toasts} />`;
  if (session.state === "whole" || session.over)
    return html`<${Shell} key=${session.user?.id} place=${place} user=${session.user} />
      ${session.over ? html`<${Part} load=${loadSignIn} name="SignIn" over=${true} />` : null}
      <${Toasts} />`;
  return html`<${Part} load=${loadSignIn} name="SignIn" /><${Toasts} />`;
}

/** @param {HTMLElement} root @param {Promise<void>} words @param {Promise<void>} session what was asked for before */
export async function start(root, words, session) {
  await session;
  beginQueue(read(location.hash));
  await words;
  document.title = t("desk-title");
  root.replaceChildren();
  render(html`<${Desk} />`, root);
  void laterStyles();
  void import("./app/focus.js").then(({ keepFocus }) => keepFocus(root), () => {});
}
