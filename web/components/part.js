/** A part of a page that is loaded when it is first wanted; until then nothing stands in its place. */

import { useEffect, useState } from "preact/hooks";
import { explain } from "../app/locale.js";
import { html } from "./html.js";
import { say } from "./toasts.js";

/** @type {Map<() => Promise<any>, any>} */
const loaded = new Map();

/** @param {{ load: () => Promise<any>, name: string } & Record<string, any>} props */
export function Part({ load, name, ...rest }) {
  const [module, setModule] = useState(loaded.get(load));
  useEffect(() => {
    if (module) return;
    load().then(
      (found) => (loaded.set(load, found), setModule(found)),
      () => (say(explain({ code: "page.no_answer" }), { kind: "problem" }), rest.onClose?.()),
    );
  }, []);
  return module ? html`<${module[name]} ...${rest} />` : null;
}
