/** One mail: who wrote it and whether that is certain, what is new in it, what it quotes, its files. */

import { useEffect, useRef, useState } from "preact/hooks";
import { get } from "../app/api.js";
import { pieces } from "../app/links.js";
import { explain, has, t } from "../app/locale.js";
import { size } from "../app/size.js";
import { full, relative } from "../app/time.js";
import { doubts, shownSender } from "../app/trust.js";
import { Button } from "./button.js";
import { html } from "./html.js";
import { Icon } from "./icon.js";

const SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox";
/** What the desk shows in a window of its own where it is what it says; everything else is saved. */
const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
const MIN_HEIGHT = 48;
const MAX_HEIGHT = 20_000;
const MARGIN = 24; // of the page below its last words, and what a horizontal scrollbar may take

/** @param {{ message: any, open: boolean, fresh?: boolean, known: string[], onCorrect?: () => void }} props known: addresses that took part before */
export function Message({ message, open: first, fresh, known, onCorrect }) {
  const [open, setOpen] = useState(first);
  useEffect(() => void (fresh && setOpen(true)), [fresh]);
  const who = shownSender(message.sender) || t("customer-unknown");
  const out = message.direction === "out";
  return html`<article id=${`mail-${message.id}`} tabindex="-1" class=${`mail${out ? " mail--out" : ""}${message.muted ? " mail--muted" : ""}${fresh ? " mail--fresh" : ""}`} aria-label=${t("mail-label", { who, when: full(message.received_at) })}>
    <header class="mail__head mail__head--folds" onClick=${(/** @type {any} */ event) => !event.target.closest("button, bdi") && setOpen(!open)}>
      <span class="avatar" aria-hidden="true">${initial(who)}</span>
      <span class="mail__who">
        <span class="mail__name" dir="auto">${who}</span>
        ${message.sender?.address && who !== message.sender.address ? html`<bdi class="soft">${message.sender.address}</bdi>` : null}
      </span>
      ${fresh ? html`<span class="chip chip--success">${t("mail-fresh")}</span>` : null}
      ${message.muted ? html`<span class="chip">${t(has(`kind-${message.kind}`) ? `kind-${message.kind}` : "kind-automatic")}</span>` : null}
      ${message.undelivered ? html`<span class="chip chip--danger"><${Icon} name="alert" /> ${t("mail-undelivered")}</span>` : null}
      ${message.duplicate_of ? html`<span class="chip">${t("mail-duplicate")}</span>` : null}
      <span class="mail__end">
        ${!open && message.attachments.some((/** @type {any} */ file) => !file.inline) ? html`<${Icon} name="attach" label=${t("mail-files")} />` : null}
        <time class="soft mail__time" datetime=${message.received_at} title=${full(message.received_at)}>${relative(message.received_at)}</time>
        <${Button} kind="quiet" icon="down" label=${open ? t("mail-fold") : t("mail-unfold")} aria-expanded=${String(open)} onClick=${() => setOpen(!open)} />
      </span>
    </header>
    ${open
      ? html`<${Trust} message=${message} known=${known} />
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

/** What an agent should know of the sender before believing them. @param {{ message: any, known: string[] }} props */
function Trust({ message, known }) {
  if (message.direction === "out") return null;
  const speaking = [...doubts(message, known), ...message.problems.map((/** @type {string} */ problem) => `problem-${problem.replaceAll(":", "-")}`).filter(has)];
  return html`<div class="trust">
    ${message.authentication.dmarc === "pass" && speaking.length === 0 ? html`<span class="chip chip--success"><${Icon} name="shield" /> ${t("trust-sure")}</span>` : null}
    ${speaking.map((key) => html`<span key=${key} class="chip chip--warning"><${Icon} name="alert" /> ${t(key)}</span>`)}
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
  const gone = message.body_state === "gone" || /** @type {any} */ (problem)?.code === "message.gone";
  const load = () => {
    setProblem(null);
    get(message.body_url).then(setBody, setProblem);
  };
  useEffect(() => void (!body && !gone && load()), [message.id]);
  if (gone) return html`<div class="mail__body"><p class="soft">${t("mail-gone")}</p></div>`;
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

/** On the side where its first letters begin, and every paragraph in the direction of its own. @param {{ text: string, soft?: boolean }} props */
export function Text({ text, soft }) {
  return html`<div class=${soft ? "text soft" : "text"} dir="auto">${text.split(/\n{2,}/).map((part) => html`<p>${pieces(part).map((piece) => (piece.href ? html`<a href=${piece.href} target="_blank" rel="noopener noreferrer nofollow">${piece.text}</a>` : piece.text))}</p>`)}</div>`;
}

/** The mail's own markup, in a frame that runs nothing; as high as what stands in it. @param {{ url: string, remote: boolean }} props */
function Frame({ url, remote }) {
  const [images, setImages] = useState(false);
  const frame = useRef(/** @type {HTMLIFrameElement | null} */ (null));
  const [height, setHeight] = useState(MIN_HEIGHT);
  useEffect(() => {
    const inner = frame.current;
    if (!inner) return;
    const fit = () => {
      const body = inner.contentDocument?.body;
      if (body) setHeight(Math.min(MAX_HEIGHT, Math.max(MIN_HEIGHT, body.scrollHeight + MARGIN)));
    };
    const sizes = new ResizeObserver(fit); // of images that come, quotes that unfold, and the window
    const shown = () => {
      sizes.disconnect();
      if (inner.contentDocument?.body) sizes.observe(inner.contentDocument.body);
      fit();
    };
    inner.addEventListener("load", shown);
    return () => (sizes.disconnect(), inner.removeEventListener("load", shown));
  }, [images]);
  return html`<div class="mail__body">
    ${images || !remote ? null : html`<p class="notice row mail__remote"><span>${t("mail-images-why")}</span><${Button} icon="eye" onClick=${() => setImages(true)}>${t("mail-images")}<//></p>`}
    <iframe ref=${frame} class="mail__frame" key=${String(images)} title=${t("mail-frame")} sandbox=${SANDBOX} src=${images ? `${url}?images=1` : url} height=${height} loading="lazy" referrerpolicy="no-referrer"></iframe>
  </div>`;
}

/** @param {{ files: any[] }} props */
export function Files({ files }) {
  if (files.length === 0) return null;
  return html`<ul class="files" aria-label=${t("mail-files")}>
    ${files.map(
      (file) => html`<li key=${file.part}>
        <a class="file" href=${file.url} ...${PICTURES.includes(file.media_type) ? { target: "_blank", rel: "noopener" } : { download: file.name }}><${Icon} name="attach" /> <bdi>${file.name || t("file-unnamed")}</bdi> <span class="soft">${size(file.size)}</span></a>
      </li>`,
    )}
  </ul>`;
}

/** @param {string} name */
export const initial = (name) => [...name.trim()][0]?.toLocaleUpperCase() ?? "?";
