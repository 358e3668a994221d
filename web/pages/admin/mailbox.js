/** How a mailbox is worked in: hours, promised times, what goes out by itself, how it sends, who works in it. */

import { useEffect, useRef, useState } from "preact/hooks";
import { get, patch } from "../../app/api.js";
import { changed } from "../../app/draft.js";
import { clockOf, hoursOf, minutesOf, weekOf, wrongDays } from "../../app/hours.js";
import { t } from "../../app/locale.js";
import { current, may, restore } from "../../app/session.js";
import { useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { Check, Choice, Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { Icon } from "../../components/icon.js";
import { Table } from "../../components/table.js";
import { Holidays, Hours } from "./hours.js";
import { everything } from "./lists.js";
import { Box, mailboxName, useDraft, useWork, Waiting } from "./parts.js";
import { Sending } from "./sending.js";

const PRIORITIES = ["urgent", "high", "normal", "low"];
const PROMISES = ["first_reply", "next_reply", "solve"];
/** Which members stand in which box. */
const TIMES = ["time_zone", "hours", "holidays"];
const REPLIES = ["reopen_within_days", "undo_seconds", "signature", "from_address"];
const BY_ITSELF = ["acknowledge", "acknowledgement_subject", "acknowledgement_text", "satisfaction"];

/** @param {{ id: string, place: import("../../app/router.js").Place }} props */
export function MailboxSettings({ id, place }) {
  const path = `/api/admin/mailboxes/${id}`;
  const loaded = useLoaded(async (signal) => {
    const [mailbox, settings] = await Promise.all([get(path, { signal }), get(`${path}/settings`, { signal })]);
    return { mailbox, settings };
  }, [path]);
  if (!loaded.value) return html`<${Waiting} of=${loaded} />`;
  const { mailbox, settings } = loaded.value;
  const given = { path: `${path}/settings`, settings, reload: loaded.reload };
  return html`<p><a class="row" href="#/mailboxes"><${Icon} name="back" /> ${t("settings-all")}</a></p>
    <h2><bdi>${mailboxName(mailbox)}</bdi></h2>
    <${Times} ...${given} />
    <${Promises} ...${given} />
    <${ByItself} ...${given} />
    <${Replies} ...${given} />
    ${may("mailbox:connect") ? html`<${Sending} key=${settings.version} id=${id} onSaved=${loaded.reload} />` : null}
    ${may("user:read") ? html`<${Members} id=${id} wanted=${place.query.get("to") === "members"} />` : null}`;
}

/** @typedef {{ path: string, settings: any, reload: () => Promise<void> }} Given */

/**
 * Some of the settings as a form: only what was changed is sent.
 * @param {Given & { title: string, hint?: string, start: any, wanted: () => Record<string, any> | string, children?: any }} props
 */
function Part({ title, hint, path, settings, reload, wanted, children }) {
  const { busy, problem, run, setProblem } = useWork(reload);
  const save = () => {
    const body = wanted();
    if (typeof body === "string") return setProblem(body);
    return run(() => patch(path, changed(settings, body), settings.version));
  };
  return html`<${Box} title=${title} hint=${hint}>
    <form class="stack" onSubmit=${(/** @type {Event} */ event) => (event.preventDefault(), save())}>
      ${children}
      ${problem ? html`<p class="notice notice--problem" role="alert">${problem}</p>` : null}
      ${may("settings:manage") ? html`<div class="row"><${Button} kind="primary" type="submit" busy=${busy}>${t("action-save")}<//></div>` : null}
    </form>
  <//>`;
}

/** @param {any} settings @param {string[]} names @returns {Record<string, any>} */
const only = (settings, names) => Object.fromEntries(names.map((name) => [name, settings[name]]));

/** @param {Given} props */
function Times(props) {
  const { draft, put, bind } = useDraft(() => /** @type {any} */ ({ ...only(props.settings, TIMES), hours: weekOf(props.settings.hours) }));
  const zones = ["UTC", .../** @type {string[]} */ (Intl.supportedValuesOf("timeZone")).filter((zone) => zone !== "UTC")];
  if (!zones.includes(draft.time_zone)) zones.unshift(draft.time_zone);
  const wanted = () => (wrongDays(draft.hours).length > 0 ? t("hours-wrong") : { ...draft, hours: hoursOf(draft.hours), holidays: [...draft.holidays].sort() });
  return html`<${Part} ...${props} title=${t("settings-hours")} hint=${t("settings-hours-hint")} wanted=${wanted}>
    <${Choice} label=${t("account-time-zone")} options=${zones.map((zone) => ({ value: zone, words: zone.replaceAll("_", " ") }))} ...${bind("time_zone")} />
    <${Hours} week=${draft.hours} onChange=${(/** @type {any} */ week) => put("hours", week)} />
    <${Holidays} days=${draft.holidays} onChange=${(/** @type {string[]} */ days) => put("holidays", days)} />
  <//>`;
}

/** @param {Given} props */
function Promises(props) {
  const { draft, put } = useDraft(() =>
    Object.fromEntries(PRIORITIES.flatMap((priority) => PROMISES.map((promise) => [`${priority} ${promise}`, clockOf(props.settings.targets[priority]?.[`${promise}_minutes`])]))),
  );
  const wanted = () => {
    const minutes = (/** @type {string} */ priority) => Object.fromEntries(PROMISES.map((promise) => [`${promise}_minutes`, minutesOf(draft[`${priority} ${promise}`] ?? "")]));
    const targets = Object.fromEntries(PRIORITIES.map((priority) => [priority, minutes(priority)]));
    return Object.values(targets).some((row) => Object.values(row).some(Number.isNaN)) ? t("promises-wrong") : { targets };
  };
  return html`<${Part} ...${props} title=${t("side-promises")} hint=${t("promises-hint")} wanted=${wanted}>
    <${Table}
      label=${t("side-promises")}
      columns=${[{ words: t("side-priority"), head: true }, ...PROMISES.map((promise) => ({ words: t(`promise-${promise}`) }))]}
      rows=${PRIORITIES.map((priority) => ({
        key: priority,
        cells: [
          t(`priority-${priority}`),
          ...PROMISES.map((promise) => {
            const name = `${priority} ${promise}`;
            return html`<input class="input number" dir="ltr" inputmode="text" placeholder="–" aria-label=${`${t(`priority-${priority}`)}: ${t(`promise-${promise}`)}`} value=${draft[name]} onInput=${(/** @type {any} */ event) => put(name, event.currentTarget.value)} />`;
          }),
        ],
      }))}
    />
  <//>`;
}

/** @param {Given} props */
function ByItself(props) {
  const { draft, bind, tick } = useDraft(() => /** @type {any} */ (only(props.settings, BY_ITSELF)));
  return html`<${Part} ...${props} title=${t("settings-by-itself")} wanted=${() => draft}>
    <${Check} label=${t("settings-acknowledge")} ...${tick("acknowledge")} />
    <p class="soft">${t("settings-acknowledge-hint")}</p>
    <${Field} label=${t("settings-acknowledgement-subject")} dir="auto" maxlength="200" ...${bind("acknowledgement_subject")} />
    <${Field} label=${t("settings-acknowledgement-text")}>
      ${(/** @type {object} */ attributes) => html`<textarea class="input" rows="5" dir="auto" maxlength="5000" ...${attributes} ...${bind("acknowledgement_text")}></textarea>`}
    <//>
    <${Check} label=${t("settings-satisfaction")} ...${tick("satisfaction")} />
    <p class="soft">${t("settings-satisfaction-hint")}</p>
  <//>`;
}

/** @param {Given} props */
function Replies(props) {
  const { draft, put, bind } = useDraft(() => /** @type {any} */ (only(props.settings, REPLIES)));
  const whole = (/** @type {string} */ name) => ({ value: draft[name], onInput: (/** @type {any} */ event) => put(name, event.currentTarget.valueAsNumber) });
  return html`<${Part} ...${props} title=${t("settings-replies")} wanted=${() => draft}>
    <div class="fields">
      <${Field} label=${t("settings-undo")} hint=${t("settings-undo-hint")} type="number" min="0" max="120" required ...${whole("undo_seconds")} />
      <${Field} label=${t("settings-reopen")} hint=${t("settings-reopen-hint")} type="number" min="0" max="3650" required ...${whole("reopen_within_days")} />
    </div>
    <${Field} label=${t("settings-from")} hint=${t("settings-from-hint")} type="email" dir="ltr" ...${bind("from_address")} />
    <${Field} label=${t("account-signature")}>
      ${(/** @type {object} */ attributes) => html`<textarea class="input" rows="4" dir="auto" maxlength="5000" ...${attributes} ...${bind("signature")}></textarea>`}
    <//>
  <//>`;
}

/** Who works in the mailbox; each is put in or out. @param {{ id: string, wanted: boolean }} props wanted: one came for this */
function Members({ id, wanted }) {
  const list = useLoaded((signal) => everything("/api/admin/people", signal), []);
  const { busy, run } = useWork(list.reload);
  const [added, setAdded] = useState("");
  const adding = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    if (!wanted || !list.value) return;
    adding.current?.scrollIntoView({ block: "center" });
    adding.current?.querySelector("select")?.focus();
  }, [wanted, Boolean(list.value)]);
  const people = (list.value ?? []).filter((person) => person.name && person.state !== "disabled");
  const inside = people.filter((person) => person.mailbox_ids.includes(id));
  const outside = people.filter((person) => !person.mailbox_ids.includes(id));
  const chosen = outside.find((person) => person.id === added) ?? outside[0];
  const set = async (/** @type {any} */ person, /** @type {string[]} */ ids) => {
    await run(() => patch(`/api/admin/people/${person.id}/mailboxes`, { mailbox_ids: ids }, person.version), { loud: true });
    if (person.id === current().user?.id) await restore().catch(() => {});
  };
  return html`<${Box} title=${t("settings-members")} hint=${t("person-mailboxes-hint")}>
    <${Waiting} of=${list} />
    ${list.value && inside.length === 0 ? html`<p class="soft">${t("team-nobody")}</p>` : null}
    <ul class="stack">
      ${inside.map(
        (person) => html`<li class="row row--apart row--whole" key=${person.id}>
          <span><span dir="auto">${person.name}</span> <bdi class="soft">${person.email}</bdi></span>
          ${may("mailbox:members") ? html`<${Button} kind="quiet" icon="close" busy=${busy} label=${t("settings-member-remove", { name: person.name })} onClick=${() => set(person, person.mailbox_ids.filter((/** @type {string} */ one) => one !== id))} />` : null}
        </li>`,
      )}
    </ul>
    ${may("mailbox:members") && chosen
      ? html`<div ref=${adding} class="stack"><${Choice} label=${t("settings-member-add")} options=${outside.map((person) => ({ value: person.id, words: `${person.name} (${person.email})` }))} value=${chosen.id} onInput=${(/** @type {any} */ event) => setAdded(event.currentTarget.value)} />
          <div class="row"><${Button} icon="add" busy=${busy} onClick=${() => set(chosen, [...chosen.mailbox_ids, id])}>${t("settings-member-add-do")}<//></div></div>`
      : null}
  <//>`;
}
