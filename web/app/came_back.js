/** What the way to Google and back has brought, as it stands in the address of the mailboxes. */

/**
 * @param {URLSearchParams} query
 * @returns {{ connected: string, again: boolean } | { problem: { code: string } } | null}
 */
export function outcome(query) {
  const connected = query.get("connected");
  if (connected) return { connected, again: query.get("again") === "true" };
  const code = query.get("connect_error");
  return code && /^[a-z0-9_.]+$/.test(code) ? { problem: { code } } : null;
}
