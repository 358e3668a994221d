/** One mail: who wrote it and whether that is certain, what is new in it, what it quotes, its files. */

import { useEffect, useRef, useState } from "preact/hooks";
import { get } from "../app/api.js";
import { explain, has, t } from "../app/locale.js";
import { full, relative, size } from "../app/time.js";
import { Button } from "./button.js";
import { html } from "./html.js";
import { Icon } from "./icon.js";

const SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox";

/** @param {{ message: any, open: boolean, ticketCode: string, onCorrect?: () => void }} props */
export function Message({ message, open: first, onCorrect }) {
  const [open, setOpen] = useState(first);
  const who = message.sender?.name || message.sender?.address || t("customer-unknown");
  const out = message.direction === "out";
  return html`<article class=${`mail${out ? " mail--out" : ""}${message.muted ? " mail--muted" : ""}`} aria-label=${t("mail-label", { who, when: full(message.received_at) })}>
    <header class="mail__head">
      <span class="avatar" aria-hidden="true">${initial(who)}</span>
      <span class="mail__who">
        <span class="mail__name" dir="auto">${who}</span>
        ${message.sender ? html`<bdi class="soft">${message.sender.address}</bdi>` : null}
      </span>
      ${message.muted ? html`<span class="chip">${t(`kind-${message.kind}`)}</span>` : null}
      <time class="soft mail__time" datetime=${message.received_at} title=${full(message.received_at)}>${relative(message.received_at)}</time>
      <${Button} kind="quiet" icon=${open ? "close" : "down"} label=${open ? t("mail-fold") : t("mail-unfold")} aria-expanded=${String(open)} onClick=${() => setOpen(!open)} />
    </header>
    ${open
      ? html`<${Trust} message=${message} />
          <${Recipients} message=${message} />
          <${Body} message=${message} />
          <${Files} files=${message.attachments.filter((/** @type {any} */ file) => !file.inline)} />
          <footer class="mail__foot soft">
            <span>${t(`reason-${message.thread_reason}`)}</span>
            ${onCorrect ? html`<${Button} kind="quiet" icon="split" onClick=${onCorrect}>${t("mail-correct")}<//>` : null}
          </footer>`
      : null}
  </article>`;
}

/** What an agent should know of the sender before believing them. @param {{ message: any }} props */
function Trust({ message }) {
  if (message.direction === "out") return null;
  const doubts = [
    !message.sender_trusted && "trust-unclear",
    message.authentication.dmarc === "fail" && "trust-dmarc",
    message.new_participant && "trust-new",
    message.reply_to.length > 0 && message.reply_to[0].address !== message.sender?.address && "trust-reply-to",
    ...message.problems.map((/** @type {string} */ problem) => `problem-${problem.replaceAll(":", "-")}`),
  ].filter((key) => key && has(key));
  const sure = message.authentication.dmarc === "pass";
  return html`<div class="trust">
    ${sure && doubts.length === 0 ? html`<span class="chip chip--success"><${Icon} name="shield" /> ${t("trust-sure")}</span>` : null}
    ${doubts.map((key) => html`<span key=${key} class="chip chip--warning"><${Icon} name="alert" /> ${t(key)}</span>`)}
  </div>`;
}

/** @param {{ message: any }} props */
function Recipients({ message }) {
  const rows = [
    ["mail-to", message.to],
    ["mail-cc", message.cc],
    ["mail-reply-to", message.reply_to],
  ].filter((row) => row[1].length > 0);
  return html`<dl class="facts mail__people">
    ${rows.map(
      ([key, people]) => html`<dt>${t(key)}</dt>
        <dd>${people.map((/** @type {any} */ one, /** @type {number} */ index) => html`${index > 0 ? ", " : ""}<bdi>${one.name ? `${one.name} <${one.address}>` : one.address}</bdi>`)}</dd>`,
    )}
  </dl>`;
}

/** @param {{ message: any }} props */
function Body({ message }) {
  const [body, setBody] = useState(message.body ?? null);
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const load = () => {
    setProblem(null);
    get(message.body_url).then(setBody, setProblem);
  };
  useEffect(() => void (!body && load()), [message.id]);
  if (problem) return html`<p class="notice notice--problem" role="alert">${explain(problem)} <${Button} onClick=${load}>${t("action-again")}<//></p>`;
  if (!body) return html`<div class="mail__body" role="status" aria-label=${t("loading")}><p class="skeleton"></p></div>`;
  if (body.has_html && message.direction === "in") return html`<${Frame} url=${body.frame_url} remote=${body.remote_images} />`;
  const nothing = !body.visible && !body.quoted && !body.signature;
  return html`<div class="mail__body">
    <${Text} text=${nothing ? t("mail-empty") : body.visible || body.text} />
    ${body.signature ? html`<${Text} text=${body.signature} soft=${true} />` : null}
    ${body.quoted ? html`<details class="mail__quoted"><summary>${t("mail-quoted")}</summary><${Text} text=${body.quoted} soft=${true} /></details>` : null}
  </div>`;
}

/** Every paragraph in the direction of its own letters. @param {{ text: string, soft?: boolean }} props */
export function Text({ text, soft }) {
  return html`<div class=${soft ? "text soft" : "text"}>${text.split(/\n{2,}/).map((part) => html`<p dir="auto">${part}</p>`)}</div>`;
}

/** The mail's own markup, in a frame that runs nothing; as high as what stands in it. @param {{ url: string, remote: boolean }} props */
function Frame({ url, remote }) {
  const [images, setImages] = useState(false);
  const frame = useRef(/** @type {HTMLIFrameElement | null} */ (null));
  const [height, setHeight] = useState(80);
  useEffect(() => {
    const inner = frame.current;
    if (!inner) return;
    const fit = () => {
      const root = inner.contentDocument?.documentElement;
      if (root) setHeight(Math.min(20_000, Math.max(48, root.scrollHeight)));
    };
    const shown = () => {
      fit();
      inner.contentDocument?.querySelectorAll("details").forEach((part) => part.addEventListener("toggle", fit));
      inner.contentDocument?.querySelectorAll("img").forEach((part) => part.addEventListener("load", fit));
    };
    inner.addEventListener("load", shown);
    return () => inner.removeEventListener("load", shown);
  }, [images]);
  return html`<div class="mail__body">
    <iframe ref=${frame} class="mail__frame" key=${String(images)} title=${t("mail-frame")} sandbox=${SANDBOX} src=${images ? `${url}?images=1` : url} height=${height} loading="lazy" referrerpolicy="no-referrer"></iframe>
    ${images || !remote ? null : html`<${Button} kind="quiet" icon="eye" onClick=${() => setImages(true)}>${t("mail-images")}<//>`}
  </div>`;
}

/** @param {{ files: any[] }} props */
export function Files({ files }) {
  if (files.length === 0) return null;
  return html`<ul class="files" aria-label=${t("mail-files")}>
    ${files.map(
      (file) => html`<li key=${file.part}>
        <a class="file" href=${file.url} download=${file.name}><${Icon} name="attach" /> <bdi>${file.name || t("file-unnamed")}</bdi> <span class="soft">${size(file.size)}</span></a>
      </li>`,
    )}
  </ul>`;
}

/** @param {string} name */
export const initial = (name) => [...name.trim()][0]?.toLocaleUpperCase() ?? "?";
