/** The rules of a mailbox, in the order in which they are tried. */

import { useState } from "preact/hooks";
import { get, patch, remove } from "../../app/api.js";
import { moved } from "../../app/draft.js";
import { t } from "../../app/locale.js";
import { go, link } from "../../app/router.js";
import { number } from "../../app/time.js";
import { useLoaded } from "../../app/use.js";
import { Button } from "../../components/button.js";
import { Check, Choice } from "../../components/field.js";
import { html } from "../../components/html.js";
import { everything, mailboxList } from "./lists.js";
import { Empty, mailboxName, Sure, useWork, Waiting } from "./parts.js";
import { RuleForm } from "./rule_form.js";
import { RuleTrial } from "./rule_trial.js";
import { told } from "./rule_words.js";

/** @param {{ id?: string }} props of a mailbox */
export function Rules({ id }) {
  const boxes = useLoaded(mailboxList, []);
  if (!boxes.value) return html`<${Waiting} of=${boxes} />`;
  const chosen = boxes.value.find((box) => box.id === id) ?? boxes.value[0];
  if (!chosen) return html`<${Empty} words=${t("mailboxes-empty")} />`;
  return html`<p class="soft">${t("rules-hint")}</p>
    <${Choice} label=${t("rules-mailbox")} options=${boxes.value.map((box) => ({ value: box.id, words: mailboxName(box) }))} value=${chosen.id} onInput=${(/** @type {any} */ event) => go(link(["admin", "rules", event.currentTarget.value]))} />
    <${Book} key=${chosen.id} mailboxId=${chosen.id} />`;
}

/** @param {{ mailboxId: string }} props */
function Book({ mailboxId }) {
  const path = `/api/admin/mailboxes/${mailboxId}/rules`;
  const loaded = useLoaded(async (signal) => {
    const [book, people, teams] = await Promise.all([
      get(path, { signal }),
      everything(`/api/tickets/people?mailbox_id=${mailboxId}`, signal),
      get("/api/tickets/teams", { signal }),
    ]);
    return { ...book, names: { people, teams: teams.items } };
  }, [path]);
  const [open, setOpen] = useState(/** @type {{ what: "form" | "trial" | "delete", rule?: any } | null} */ (null));
  const { busy, problem, run } = useWork(loaded.reload);
  if (!loaded.value) return html`<${Waiting} of=${loaded} />`;
  const { items, version, names } = loaded.value;
  const close = () => setOpen(null);
  /** The key that moved a rule keeps the focus, though the rule stands elsewhere. @param {number} from @param {number} by */
  const move = async (from, by) => {
    const order = moved(items, from, from + by);
    if (order === items || busy) return;
    const { id, name } = items[from];
    loaded.set({ ...loaded.value, items: order });
    await run(() => patch(path, { rule_ids: order.map((/** @type {any} */ rule) => rule.id) }, version), { words: t("rule-moved", { name, place: from + by + 1 }), loud: true });
    requestAnimationFrame(() => document.getElementById(`rule-${id}-${by < 0 ? "up" : "down"}`)?.focus());
  };
  const drop = async () => (await run(() => remove(`${path}/${open?.rule.id}`, { version }))) && close();
  return html`<div class="row"><${Button} kind="primary" icon="add" onClick=${() => setOpen({ what: "form" })}>${t("rule-create")}<//></div>
    ${items.length === 0 ? html`<${Empty} icon="filter" words=${t("rules-empty")} />` : null}
    <ol class="stack" aria-label=${t("admin-rules")}>
      ${items.map(
        (/** @type {any} */ rule, /** @type {number} */ index) => html`<${Rule}
          key=${rule.id}
          rule=${rule}
          place=${index}
          count=${items.length}
          names=${names}
          onMove=${(/** @type {number} */ by) => move(index, by)}
          onTurn=${() => run(() => patch(`${path}/${rule.id}`, { enabled: !rule.enabled }, version), { loud: true })}
          onOpen=${(/** @type {"form" | "trial" | "delete"} */ what) => setOpen({ what, rule })}
        />`,
      )}
    </ol>
    ${open?.what === "form" ? html`<${RuleForm} path=${path} rule=${items.find((/** @type {any} */ rule) => rule.id === open.rule?.id) ?? open.rule} version=${version} names=${names} onClose=${close} reload=${loaded.reload} />` : null}
    ${open?.what === "trial" ? html`<${RuleTrial} path=${path} rule=${open.rule} names=${names} onClose=${close} />` : null}
    ${open?.what === "delete" ? html`<${Sure} title=${t("rule-delete")} words=${t("rule-delete-what", { name: open.rule.name })} submit=${t("rule-delete")} busy=${busy} problem=${problem} onClose=${close} onDo=${drop} />` : null}`;
}

/** @param {{ rule: any, place: number, count: number, names: any, onMove: (by: number) => void, onTurn: () => void, onOpen: (what: string) => void }} props */
function Rule({ rule, place, count, names, onMove, onTurn, onOpen }) {
  const keys = (/** @type {KeyboardEvent} */ event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!event.altKey || !by) return;
    event.preventDefault();
    onMove(by);
  };
  const { when, conditions, actions } = told(rule, names);
  return html`<li class="box" onKeyDown=${keys}>
    <div class="row admin__head">
      <h2><span class="soft number">${number(place + 1)}.</span> <span dir="auto">${rule.name}</span></h2>
      <div class="row">
        <${Check} label=${t("rule-enabled")} checked=${rule.enabled} onChange=${onTurn} />
        <${Button} id=${`rule-${rule.id}-up`} kind="quiet" icon="up" label=${t("rule-up", { name: rule.name })} shortcut="Alt ↑" aria-disabled=${place === 0} onClick=${() => onMove(-1)} />
        <${Button} id=${`rule-${rule.id}-down`} kind="quiet" icon="down" label=${t("rule-down", { name: rule.name })} shortcut="Alt ↓" aria-disabled=${place === count - 1} onClick=${() => onMove(1)} />
      </div>
    </div>
    <dl class="facts">
      <dt>${t("rule-when")}</dt><dd>${when}</dd>
      <dt>${conditions.length > 1 ? t(`rule-if-${rule.match}`) : t("rule-if")}</dt>
      <dd>${conditions.length === 0 ? t("rule-always") : conditions.map((line, index) => html`<div key=${index} dir="auto">${line}</div>`)}</dd>
      <dt>${t("rule-then")}</dt>
      <dd>${actions.map((line, index) => html`<div key=${index} dir="auto">${line}</div>`)}${rule.stop ? html`<div>${t("rule-stops")}</div>` : null}</dd>
    </dl>
    <div class="row">
      <${Button} onClick=${() => onOpen("form")}>${t("action-change")}<//>
      <${Button} icon="eye" onClick=${() => onOpen("trial")}>${t("rule-try")}<//>
      <${Button} kind="danger" onClick=${() => onOpen("delete")}>${t("action-delete")}<//>
    </div>
  </li>`;
}
