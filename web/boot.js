/** Language, direction and theme before the first paint, then the desk. */

import { chosenLanguage, chosenTheme, showLanguage, showTheme } from "./app/appearance.js";
import { startLanguage } from "./app/locale.js";
import { restore } from "./app/session.js";

showTheme(chosenTheme());
showLanguage(chosenLanguage());
// What is asked of the server comes while the rest of the page is read.
const words = startLanguage();
const session = restore().catch(() => {});
const { start } = await import("./main.js");
await start(/** @type {HTMLElement} */ (document.getElementById("desk")), words, session);
