/** The mailboxes: which there are and how they are, connecting them and connecting them again, pausing. */

import { useEffect, useState } from "preact/hooks";
import { get, patch, post } from "../app/api.js";
import { outcome } from "../app/came_back.js";
import { explain, t } from "../app/locale.js";
import { link, settle } from "../app/router.js";
import { may } from "../app/session.js";
import { full, number, relative } from "../app/time.js";
import { useLoaded } from "../app/use.js";
import { Button } from "../components/button.js";
import { Dialog } from "../components/dialog.js";
import { Choice } from "../components/field.js";
import { html } from "../components/html.js";
import { Icon } from "../components/icon.js";
import { Lazy } from "../components/lazy.js";
import { proved } from "../components/step_up.js";
import { say } from "../components/toasts.js";

const DISCONNECT = () => import("./mailboxes/disconnect.js");
const GLASS = () => import("./mailboxes/glass.js");

/** @param {{ menu: any, place: import("../app/router.js").Place }} props */
export function Mailboxes({ menu, place }) {
  const list = useLoaded((signal) => get("/api/admin/mailboxes?limit=100", { signal }), []);
  const [asking, setAsking] = useState(/** @type {{ mailbox?: any } | null} */ (null));
  const [came, setCame] = useState(() => outcome(place.query));
  useEffect(() => void (came && settle("#/mailboxes")), []);
  const connect = may("mailbox:connect");
  return html`<header class="bar">
      ${menu}
      <h1 class="bar__title">${t("place-mailboxes")}</h1>
      ${connect ? html`<${Button} kind="primary" icon="add" onClick=${() => setAsking({})}>${t("mailbox-connect")}<//>` : null}
    </header>
    <div class="page">
      ${came && "connected" in came ? html`<p class="notice" role="status"><${Icon} name="check" /> ${t(came.again ? "mailbox-connected-again" : "mailbox-connected")} ${!came.again && may("mailbox:members") ? html`<a href=${link(["admin", "mailbox", came.connected], { to: "members" })}>${t("mailbox-connected-who")}</a>` : null} <${Button} kind="quiet" icon="close" label=${t("action-close")} onClick=${() => setCame(null)} /></p>` : null}
      ${came && "problem" in came ? html`<p class="notice notice--problem" role="alert">${t("mailbox-not-connected")} ${explain(came.problem)} <${Button} kind="quiet" icon="close" label=${t("action-close")} onClick=${() => setCame(null)} /></p>` : null}
      ${list.problem ? html`<p class="notice notice--problem" role="alert">${explain(list.problem)}</p>` : null}
      ${list.value?.items.length === 0 ? html`<div class="empty"><${Icon} name="mail" /><p>${t("mailboxes-empty")}</p></div>` : null}
      ${(list.value?.items ?? []).map(
        (/** @type {any} */ mailbox) => html`<${Mailbox} key=${mailbox.id} mailbox=${mailbox} onChange=${list.reload} onReconnect=${() => setAsking({ mailbox })} onAnew=${() => setAsking({})} />`,
      )}
      <p class="soft">${t("mailboxes-unread")}</p>
      ${may("settings:manage") ? html`<${Lazy} key="glass-setting" inside load=${GLASS} name="GlassSetting" />` : null}
    </div>
    ${asking ? html`<${Disclosure} mailbox=${asking.mailbox} onClose=${() => setAsking(null)} />` : null}`;
}

/** @param {{ mailbox: any, onChange: () => void, onReconnect: () => void, onAnew: () => void }} props */
function Mailbox({ mailbox, onChange, onReconnect, onAnew }) {
  const [leaving, setLeaving] = useState(false);
  const connect = may("mailbox:connect");
  const gone = mailbox.state === "disconnected";
  const { health } = mailbox;
  const well = mailbox.state === "active" && health.problems.length === 0;
  const [busy, setBusy] = useState(false);
  const turn = async (/** @type {"active" | "paused"} */ state) => {
    setBusy(true);
    try {
      await proved(() => patch(`/api/admin/mailboxes/${mailbox.id}`, { state }, mailbox.version));
      say(t(state === "paused" ? "mailbox-paused-now" : "mailbox-goes-on"));
    } catch (error) {
      say(explain(error), { kind: "problem" });
    }
    setBusy(false);
    onChange();
  };
  return html`<section class="box" aria-label=${mailbox.address ?? mailbox.id}>
    <div class="row">
      <h2><bdi>${mailbox.address ?? t("mailbox-gone")}</bdi></h2>
      <span class=${`chip ${well ? "chip--success" : mailbox.state === "needs_reauth" ? "chip--danger" : "chip--warning"}`}>
        <${Icon} name=${well ? "check" : "alert"} /> ${well ? t("mailbox-well") : t(`mailbox-state-${mailbox.state}`)}
      </span>
    </div>
    ${health.problems.map((/** @type {string} */ code) => html`<p key=${code} class="notice notice--warning">${t(`health-${code.replace("mailbox.", "")}`)}</p>`)}
    ${gone
      ? mailbox.may_disconnect
        ? html`<${Lazy} key="destroyed" inside load=${DISCONNECT} name="Destroyed" mailbox=${mailbox} onAnew=${onAnew} />`
        : null
      : html`<${Health} mailbox=${mailbox} />`}
    <div class="row">
      <a href=${link(["admin", "proofs", mailbox.id])}>${t("mailbox-proofs")}</a>
      ${may("privacy:manage") && mailbox.address ? html`<a href=${link(["admin", "retention", mailbox.id])}>${t("mailbox-retention")}</a>` : null}
      ${may("settings:manage") && mailbox.address ? html`<a href=${link(["admin", "mailbox", mailbox.id])}>${t("mailbox-settings")}</a>` : null}
      ${may("rule:manage") && mailbox.address ? html`<a href=${link(["admin", "rules", mailbox.id])}>${t("mailbox-rules")}</a>` : null}
    </div>
    ${gone || !(connect || mailbox.may_disconnect)
      ? null
      : html`<div class="row">
          ${connect && ["active", "paused"].includes(mailbox.state)
            ? html`<${Button} busy=${busy} onClick=${() => turn(mailbox.state === "active" ? "paused" : "active")}>${t(mailbox.state === "active" ? "mailbox-pause" : "mailbox-resume")}<//>`
            : null}
          ${connect && (mailbox.state === "needs_reauth" || health.problems.includes("mailbox.grant_ends_by_itself")) ? html`<${Button} kind="primary" onClick=${onReconnect}>${t("mailbox-reconnect")}<//>` : null}
          ${mailbox.may_disconnect ? html`<${Button} onClick=${() => setLeaving(true)}>${t("disconnect-begin")}<//>` : null}
        </div>`}
    ${gone ? null : html`<${Lazy} key="glass" inside load=${GLASS} name="Glass" mailbox=${mailbox} />`}
    ${leaving ? html`<${Lazy} key="disconnect" inside load=${DISCONNECT} name="Disconnect" mailbox=${mailbox} onClose=${() => setLeaving(false)} onDone=${onChange} />` : null}
  </section>`;
}

/** How many days of older mail a new mailbox may begin with. */
const DEPTHS = ["0", "30", "365", "all"];
const ALL_MAIL = "all";

/** How it is, at a glance. @param {{ mailbox: any }} props */
function Health({ mailbox }) {
  const { health } = mailbox;
  return html`<dl class="facts">
    <dt>${t("mailbox-last-mail")}</dt><dd title=${health.received_at ? full(health.received_at) : undefined}>${health.received_at ? relative(health.received_at) : t("never")}</dd>
    <dt>${t("mailbox-read")}</dt><dd title=${health.cursor_at ? full(health.cursor_at) : undefined}>${health.cursor_at ? relative(health.cursor_at) : t("never")}</dd>
    <dt>${t("mailbox-pushed")}</dt><dd>${health.pushed_at ? relative(health.pushed_at) : t("never")}</dd>
    <dt>${t("mailbox-watched")}</dt><dd>${health.watch_expires_at ? full(health.watch_expires_at) : t("never")}</dd>
    <dt>${t("mailbox-compared")}</dt><dd>${mailbox.proof.at ? t("mailbox-compared-of", { when: relative(mailbox.proof.at), accounted: number(mailbox.proof.gmail - mailbox.proof.missing), gmail: number(mailbox.proof.gmail) }) : t("never")}</dd>
  </dl>`;
}

/** What Google asks to be told right before its own question. @param {{ mailbox?: any, onClose: () => void }} props */
function Disclosure({ mailbox, onClose }) {
  const [busy, setBusy] = useState(false);
  const [days, setDays] = useState(DEPTHS[0]);
  const go = async () => {
    setBusy(true);
    try {
      const body = mailbox ? { intent: "reconnect", mailbox_id: mailbox.id } : { intent: "add", import_days: days === ALL_MAIL ? null : Number(days) };
      const { url } = await proved(() => post("/api/oauth/start", body));
      settle("#/mailboxes");
      location.assign(url);
    } catch (error) {
      say(explain(error), { kind: "problem" });
      setBusy(false);
    }
  };
  return html`<${Dialog}
    title=${t("disclosure-title")}
    onClose=${onClose}
    actions=${html`<${Button} onClick=${onClose}>${t("action-cancel")}<//><${Button} kind="primary" busy=${busy} onClick=${go}>${t("disclosure-go")}<//>`}
  >
    <p>${t("disclosure-what")}</p>
    <ul class="stack">
      <li class="row row--whole"><${Icon} name="eye" /> ${t("disclosure-read")}</li>
      <li class="row row--whole"><${Icon} name="send" /> ${t("disclosure-send")}</li>
      <li class="row row--whole"><${Icon} name="lock" /> ${t("disclosure-kept")}</li>
    </ul>
    ${mailbox ? null : html`<${Choice} label=${t("import-depth")} value=${days} options=${DEPTHS.map((value) => ({ value, words: t(`import-depth-${value}`) }))} onChange=${(/** @type {any} */ event) => setDays(event.target.value)} />`}
    <p>${t("disclosure-limited")} <a href="/privacy">${t("disclosure-policy")}</a></p>
  <//>`;
}
