/** Files of a reply that is being written: on their way to the desk, there, or not come through. */

import { useRef, useState } from "preact/hooks";
import { explain, t } from "../app/locale.js";
import { size } from "../app/size.js";
import { number } from "../app/time.js";
import { upload } from "../app/upload.js";
import { Button } from "./button.js";
import { html } from "./html.js";
import { Icon } from "./icon.js";

/** @typedef {{ file: File, share: number, problem: unknown, stop: () => void, done: Promise<void> }} Waiting */

/** @param {string} ticketId @param {import("../app/reply_draft.js").Draft} draft */
export function useFiles(ticketId, draft) {
  const [waiting, setWaiting] = useState(/** @type {Waiting[]} */ ([]));
  const latest = useRef(waiting);
  const [names, setNames] = useState(/** @type {Record<string, { name: string, size: number }>} */ ({}));
  const there = Object.fromEntries(draft.reply.uploads.map((/** @type {any} */ one) => [one.id, one]));
  const put = (/** @type {Waiting[]} */ next) => {
    latest.current = next;
    setWaiting(next);
  };
  /** @param {Waiting} one @param {Partial<Waiting>} changed */
  const mend = (one, changed) => {
    Object.assign(one, changed);
    put([...latest.current]);
  };
  /** @param {File} file */
  const begin = (file) => {
    /** @type {Waiting} */
    const one = { file, share: 0, problem: null, stop: () => {}, done: Promise.resolve() };
    const sent = upload(ticketId, file, (share) => mend(one, { share }));
    one.stop = sent.stop;
    one.done = sent.done.then(
      ({ id }) => {
        put(latest.current.filter((other) => other !== one));
        setNames((before) => ({ ...before, [id]: { name: file.name, size: file.size } }));
        draft.change((words) => ({ upload_ids: [...words.upload_ids, id] }));
      },
      (problem) => mend(one, { problem }),
    );
    return one;
  };
  const drop = (/** @type {Waiting} */ one) => put(latest.current.filter((other) => other !== one));
  return {
    waiting,
    names: { ...there, ...names },
    add: (/** @type {Iterable<File>} */ files) => put([...latest.current, ...[...files].map(begin)]),
    again: (/** @type {Waiting} */ one) => put([...latest.current.filter((other) => other !== one), begin(one.file)]),
    drop: (/** @type {Waiting} */ one) => (drop(one), one.stop()),
    /** Wait for those on their way; returns whether all came through. */
    settled: async () => {
      await Promise.all(latest.current.map(({ done }) => done));
      return latest.current.length === 0;
    },
  };
}

/** @param {{ files: ReturnType<typeof useFiles>, draft: import("../app/reply_draft.js").Draft }} props */
export function Attachments({ files, draft }) {
  const ids = draft.words.upload_ids;
  if (ids.length === 0 && files.waiting.length === 0) return null;
  return html`<ul class="files files--written" aria-label=${t("mail-files")}>
    ${ids.map((id) => {
      const name = files.names[id]?.name ?? t("file-kept");
      return html`<li key=${id} class="file"><${Icon} name="attach" /> <bdi class="file__name">${name}</bdi> ${files.names[id] ? html`<span class="soft">${size(files.names[id].size)}</span>` : null}
        <${Button} kind="quiet" icon="close" label=${t("file-remove", { name })} onClick=${() => draft.change((words) => ({ upload_ids: words.upload_ids.filter((other) => other !== id) }))} /></li>`;
    })}
    ${files.waiting.map(
      (one) => html`<li key=${one} class=${one.problem ? "file file--failed" : "file"}>
        <${Icon} name=${one.problem ? "alert" : "attach"} /> <bdi class="file__name">${one.file.name}</bdi>
        ${one.problem
          ? html`<span role="alert">${explain(one.problem)}</span><${Button} kind="quiet" icon="refresh" label=${t("file-again", { name: one.file.name })} onClick=${() => files.again(one)} />`
          : html`<progress max="1" value=${one.share} aria-label=${t("file-uploading", { name: one.file.name })}></progress><span class="soft number">${number(Math.round(one.share * 100))}%</span>`}
        <${Button} kind="quiet" icon="close" label=${t("file-remove", { name: one.file.name })} onClick=${() => files.drop(one)} /></li>`,
    )}
  </ul>`;
}
