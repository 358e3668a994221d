/** Reports: how much there was to do, how long customers waited, and what they said of it. */

import { get } from "../../app/api.js";
import { lastDays } from "../../app/charts.js";
import { language, t } from "../../app/locale.js";
import { go, link } from "../../app/router.js";
import { current, may } from "../../app/session.js";
import { number } from "../../app/time.js";
import { useLoaded } from "../../app/use.js";
import { Chart } from "../../components/chart.js";
import { Choice, Field } from "../../components/field.js";
import { html } from "../../components/html.js";
import { Table } from "../../components/table.js";
import { everything, mailboxList } from "./lists.js";
import { Box, mailboxName, Waiting } from "./parts.js";
import { duration, REPORTS, unitOf } from "./report_words.js";

const GROUPS = ["day", "mailbox", "agent", "tag"];
const FIRST_DAYS = 30;

/** @param {{ place: import("../../app/router.js").Place }} props */
export function Reports({ place }) {
  const zone = /** @type {any} */ (current().user)?.time_zone ?? "UTC";
  const asked = Object.fromEntries(place.query);
  const query = { ...lastDays(FIRST_DAYS, new Date(), zone), by: "day", ...asked, time_zone: zone };
  const names = useLoaded(namesOf, []);
  const change = (/** @type {Record<string, string>} */ next) => go(link(["admin", "reports"], { ...asked, ...next }));
  const boxes = names.value?.mailboxes ?? [];
  return html`<div class="fields">
      <${Field} label=${t("report-since")} type="date" required max=${query.until} value=${query.since} onChange=${(/** @type {any} */ event) => event.currentTarget.value && change({ since: event.currentTarget.value })} />
      <${Field} label=${t("report-until")} type="date" required min=${query.since} value=${query.until} onChange=${(/** @type {any} */ event) => event.currentTarget.value && change({ until: event.currentTarget.value })} />
      <${Choice} label=${t("report-by")} options=${GROUPS.map((by) => ({ value: by, words: t(`report-by-${by}`) }))} value=${query.by} onInput=${(/** @type {any} */ event) => change({ by: event.currentTarget.value })} />
      <${Choice} label=${t("report-mailbox")} options=${[{ value: "", words: t("webhook-all-mailboxes") }, ...boxes.map((box) => ({ value: box.id, words: mailboxName(box) }))]} value=${asked.mailbox_id ?? ""} onInput=${(/** @type {any} */ event) => change({ mailbox_id: event.currentTarget.value })} />
    </div>
    ${Object.keys(REPORTS).map((kind) => html`<${Report} key=${kind} kind=${kind} query=${query} names=${names.value} />`)}`;
}

/** @param {AbortSignal} signal */
async function namesOf(signal) {
  const [mailboxes, colleagues, people] = await Promise.all([
    may("mailbox:read") ? mailboxList(signal) : [],
    may("ticket:read") ? everything("/api/tickets/people", signal) : [],
    may("user:read") ? everything("/api/admin/people", signal) : [],
  ]);
  return { mailboxes, people: new Map([...people, ...colleagues].map(({ id, name }) => [id, name])) };
}

/** @param {{ kind: string, query: Record<string, string>, names?: { mailboxes: any[], people: Map<string, string> } }} props */
function Report({ kind, query, names }) {
  const search = new URLSearchParams(query).toString();
  const loaded = useLoaded((signal) => get(`/api/tickets/reports/${kind}?${search}`, { signal }), [search]);
  const { columns, series, chart, format } = /** @type {import("./report_words.js").Shape} */ (REPORTS[kind]);
  const rows = /** @type {any[]} */ (loaded.value?.rows ?? []);
  const by = loaded.value?.about.by ?? query.by;
  const labels = rows.map(({ key }) => keyWords(by, key, names));
  const drawn = series.map(({ words, value }) => ({ name: t(words), values: rows.map(value) }));
  const largest = Math.max(0, ...drawn.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const unit = format === "duration" ? unitOf(largest) : 1;
  const csv = html`<a class="button" href=${`/api/tickets/reports/${kind}.csv?${search}`} download>${t("report-csv")}</a>`;
  return html`<${Box} title=${t(`report-${kind}`)} hint=${t(`report-${kind}-hint`)} action=${csv}>
    <${Waiting} of=${loaded} />
    ${largest > 0
      ? html`<${Chart}
          kind=${by === "day" ? chart : "bars"}
          label=${t("report-chart", { title: t(`report-${kind}`) })}
          labels=${labels}
          least=${format === "number" ? 1 : 0}
          series=${drawn.map(({ name, values }) => ({ name, values: values.map((value) => (value === null ? null : value / unit)) }))}
          format=${format === "duration" ? (/** @type {number} */ value) => duration(value * unit) : number}
        />`
      : null}
    ${loaded.value && largest === 0 ? html`<p class="soft">${t("report-empty")}</p>` : null}
    ${loaded.value
      ? html`<${Table}
          kind="report__table"
          label=${t(`report-${kind}`)}
          columns=${[{ words: t(`report-by-${by}`), head: true }, ...columns.map(({ words }) => ({ words: t(words), number: true }))]}
          rows=${rows.map((row, index) => ({ key: row.key, cells: [html`<span dir="auto">${labels[index]}</span>`, ...columns.map(({ show }) => show(row))] }))}
          foot=${[t("report-total"), ...columns.map(({ show }) => html`<strong>${show(loaded.value.total)}</strong>`)]}
        />`
      : null}
  <//>`;
}

/** @param {string} by @param {string} key @param {{ mailboxes: any[], people: Map<string, string> }} [names] */
function keyWords(by, key, names) {
  if (by === "day") return new Intl.DateTimeFormat(language(), { month: "short", day: "numeric", timeZone: "UTC" }).format(new Date(`${key}T00:00:00Z`));
  if (by === "mailbox") return mailboxName(names?.mailboxes.find(({ id }) => id === key) ?? { id: key });
  if (by === "agent") return key === "" ? t("assignee-none") : (names?.people.get(key) ?? t("somebody"));
  return key === "" ? t("report-no-tag") : key;
}
