/** Which pages the administration has, and who may use them. */

/** @typedef {{ name: string, needs: string }} Section */

/** In the order in which they are shown. @type {Section[]} */
export const SECTIONS = [
  { name: "people", needs: "user:read" },
  { name: "roles", needs: "user:read" },
  { name: "teams", needs: "user:read" },
  { name: "rules", needs: "rule:manage" },
  { name: "tags", needs: "rule:manage" },
  { name: "saved_replies", needs: "reply:send" },
  { name: "fields", needs: "settings:manage" },
  { name: "reports", needs: "report:read" },
  { name: "webhooks", needs: "webhook:manage" },
  { name: "smtp", needs: "settings:manage" },
  { name: "privacy", needs: "privacy:manage" },
  { name: "holds", needs: "privacy:manage" },
  { name: "exports", needs: "settings:manage" },
  { name: "imports", needs: "settings:manage" },
  { name: "dead_letters", needs: "dead_letter:replay" },
  { name: "audit", needs: "audit:read" },
];

/** @param {(permission: string) => boolean} may */
export const sectionsFor = (may) => SECTIONS.filter(({ needs }) => may(needs));
