/** Language, direction and theme before the first paint, then the desk. */

import { chosenLanguage, chosenTheme, showLanguage, showTheme } from "./app/appearance.js";

showTheme(chosenTheme());
showLanguage(chosenLanguage());
const { start } = await import("./main.js");
await start(/** @type {HTMLElement} */ (document.getElementById("desk")));
