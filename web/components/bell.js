/** What one was told, counted in the rail and in the title of the page, and read out politely when there is more. */

import { useEffect, useRef, useState } from "preact/hooks";
import { get } from "../app/api.js";
import { t } from "../app/locale.js";
import { current } from "../app/session.js";
import { number } from "../app/time.js";
import { titleUnread } from "../app/title.js";
import { feed } from "../app/feed.js";
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { Part } from "./part.js";

const loadList = () => import("./notifications.js");
const EVERY_MS = 60_000;
const AFTER_NEWS_MS = 3_000;

/** Ask every minute, also while nobody looks: the title tells; and sooner after news of tickets. */
function useNotifications() {
  const [told, setTold] = useState(/** @type {{ items: any[], next: string | null, unread: number } | null} */ (null));
  const look = () => {
    if (current().state === "whole") get("/api/tickets/notifications?limit=30").then(setTold, () => {});
  };
  useEffect(() => {
    look();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let soon;
    const every = setInterval(look, EVERY_MS);
    const end = feed.follow(() => {
      clearTimeout(soon);
      soon = setTimeout(look, AFTER_NEWS_MS);
    });
    return () => {
      clearInterval(every);
      clearTimeout(soon);
      end();
    };
  }, []);
  return { told, look, setUnread: (/** @type {number} */ unread) => told && setTold({ ...told, unread }) };
}

export function Bell() {
  const { told, look, setUnread } = useNotifications();
  const [open, setOpen] = useState(false);
  const before = useRef(/** @type {number | null} */ (null));
  const [news, setNews] = useState("");
  const unread = told?.unread ?? 0;
  useEffect(() => {
    titleUnread(unread);
    if (told && before.current !== null && unread > before.current) setNews(t("notifications-new", { count: unread - before.current }));
    if (told) before.current = unread;
  }, [unread, told, t("desk-title")]);
  return html`<button type="button" class="rail__link rail__bell" aria-haspopup="dialog" onClick=${() => (setOpen(true), look())}>
      <${Icon} name="bell" /> ${t("notifications-title")}
      ${unread > 0 ? html`<span class="rail__unread"><span aria-hidden="true">${number(unread)}</span><span class="visually-hidden">${t("notifications-unread", { count: unread })}</span></span>` : null}
    </button>
    <span class="visually-hidden" role="status" aria-live="polite">${news}</span>
    ${open ? html`<${Part} load=${loadList} name="Notifications" told=${told} onUnread=${(/** @type {number} */ left) => (setUnread(left), look())} onClose=${() => setOpen(false)} />` : null}`;
}
