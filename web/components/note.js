/** A note of a colleague, or of a function; one's own can be changed for a while, and deleted. */

import { useState } from "preact/hooks";
import { remove } from "../app/api.js";
import { explain, t } from "../app/locale.js";
import { current, may } from "../app/session.js";
import { full, relative } from "../app/time.js";
import { Button } from "./button.js";
import { Dialog } from "./dialog.js";
import { html } from "./html.js";
import { Icon } from "./icon.js";
import { Text } from "./message.js";
import { NoteComposer } from "./note_composer.js";
import { say } from "./toasts.js";

/** @param {{ note: any, ticket: any, people: any[], onChange: () => void }} props */
export function Note({ note, ticket, people, onChange }) {
  const [doing, setDoing] = useState(/** @type {"edit" | "delete" | null} */ (null));
  const at = note.written_at ?? note.created_at;
  const who = note.author_name ?? (note.author_id ? t("somebody") : t("note-function"));
  const fixed = Boolean(ticket.merged_into) || note.text === null;
  const mine = note.author_id !== null && note.author_id === current().user?.id;
  if (doing === "edit") return html`<${NoteComposer} ticket=${ticket} people=${people} note=${note} onDone=${onChange} onClose=${() => setDoing(null)} />`;
  const erase = async () => {
    try {
      await remove(`/api/tickets/notes/${note.id}`);
    } catch (error) {
      say(explain(error), { kind: "problem" });
    }
    setDoing(null);
    onChange();
  };
  return html`<article class="mail mail--note" aria-label=${t("note-of", { who })}>
    <header class="mail__head"><${Icon} name="note" /><span class="mail__name" dir="auto">${who}</span>
      ${note.imported ? html`<span class="chip">${t("note-imported")}</span>` : null}
      ${note.edited_at && note.text !== null ? html`<span class="soft" title=${full(note.edited_at)}>${t("note-edited")}</span>` : null}
      <span class="mail__end">
        <time class="soft mail__time" datetime=${at} title=${full(at)}>${relative(at)}</time>
        ${note.may_change && !fixed ? html`<${Button} kind="quiet" onClick=${() => setDoing("edit")}>${t("note-edit")}<//>` : null}
        ${(mine || may("note:delete")) && !fixed ? html`<${Button} kind="quiet" onClick=${() => setDoing("delete")}>${t("note-remove")}<//>` : null}
      </span>
    </header>
    <div class="mail__body">${note.text === null ? html`<p class="soft">${t("note-deleted")}</p>` : html`<${Text} text=${note.text} />`}</div>
    ${doing === "delete"
      ? html`<${Dialog} title=${t("note-delete")} onClose=${() => setDoing(null)}
          actions=${html`<${Button} onClick=${() => setDoing(null)}>${t("action-cancel")}<//><${Button} kind="danger" onClick=${erase}>${t("note-delete")}<//>`}>
          <p>${t("note-delete-sure")}</p><//>`
      : null}
  </article>`;
}
