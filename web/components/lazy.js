/** A page that is loaded when it is first shown, so that the queue does not wait for all the others. */

import { useEffect, useState } from "preact/hooks";
import { explain, t } from "../app/locale.js";
import { laterStyles } from "../app/sheets.js";
import { Button } from "./button.js";
import { html } from "./html.js";

/** @type {Map<() => Promise<any>, any>} what was loaded, by what loads it */
const loaded = new Map();

/** @param {{ load: () => Promise<any>, name: string } & Record<string, any>} props name: of the component in the module */
export function Lazy({ load, name, ...rest }) {
  const [module, setModule] = useState(loaded.get(load));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const begin = () => {
    setProblem(null);
    Promise.all([load(), laterStyles()]).then(([found]) => (loaded.set(load, found), setModule(found)), setProblem);
  };
  useEffect(() => void (!module && begin()), []);
  if (problem) return html`<p class="notice notice--problem" role="alert">${explain({ code: "page.no_answer" })} <${Button} onClick=${begin}>${t("action-again")}<//></p>`;
  if (!module && rest.inside) return html`<p class="soft" role="status">${t("loading")}</p>`;
  if (!module) return html`<header class="bar">${rest.menu}<h1 class="bar__title">${t("loading")}</h1></header>`;
  return html`<${module[name]} ...${rest} />`;
}
