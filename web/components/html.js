/** Markup in templates: `html` makes Preact's elements, so whatever is inserted is text and nothing else. */

import htm from "htm";
import { h } from "preact";

export const html = htm.bind(h);
