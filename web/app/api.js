/**
 * Asking the desk's functions. Every answer that is no success becomes a `Problem` with a stable code, which is
 * also the key of the sentence that a person reads (`error-<code>` in locales/).
 */

/**
 * @typedef {object} Options
 * @property {unknown} [body] sent as JSON
 * @property {number} [version] of the object that is changed: If-Match
 * @property {string} [key] makes a POST safe to repeat: Idempotency-Key
 * @property {AbortSignal} [signal]
 * @property {Blob} [file] sent as it is, in the place of a body
 * @property {Record<string, string>} [headers]
 */

const DEADLINE_MS = 30_000;
const UPLOAD_DEADLINE_MS = 10 * 60_000;

/** What the server refused, or why it could not be asked. */
export class Problem extends Error {
  /** @param {number} status @param {string} code @param {Record<string, any>} params @param {number} retryAfter seconds */
  constructor(status, code, params = {}, retryAfter = 0) {
    super(code);
    this.status = status;
    this.code = code;
    this.params = params;
    this.retryAfter = retryAfter;
  }
}

/** Called when the session has ended, so that the page can ask to sign in and lose nothing. @type {Set<() => void>} */
export const onSessionEnd = new Set();

/**
 * @param {string} method
 * @param {string} path such as "/api/tickets/"
 * @param {Options} [options]
 * @returns {Promise<any>} the JSON answer, or null where there is none
 */
export async function ask(method, path, options = {}) {
  const headers = new Headers({ Accept: "application/json", ...options.headers });
  if (options.body !== undefined) headers.set("Content-Type", "application/json");
  if (options.version !== undefined) headers.set("If-Match", `"${options.version}"`);
  if (options.key !== undefined) headers.set("Idempotency-Key", options.key);
  const deadline = AbortSignal.timeout(options.file ? UPLOAD_DEADLINE_MS : DEADLINE_MS);
  /** @type {RequestInit} */
  const request = {
    method,
    headers,
    credentials: "same-origin",
    cache: "no-store",
    redirect: "error",
    signal: options.signal ? AbortSignal.any([options.signal, deadline]) : deadline,
  };
  if (options.file) request.body = options.file;
  else if (options.body !== undefined) request.body = JSON.stringify(options.body);
  const answer = await answered(path, request, options.signal);
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  throw await problem(answer);
}

/** @param {string} path @param {RequestInit} request @param {AbortSignal} [given] */
async function answered(path, request, given) {
  try {
    return await fetch(path, request);
  } catch (error) {
    if (given?.aborted) throw error;
    throw new Problem(0, navigator.onLine ? "page.no_answer" : "page.offline");
  }
}

/** @param {Response} answer */
async function problem(answer) {
  const told = await answer.json().catch(() => ({}));
  const code = typeof told.code === "string" ? told.code : "internal";
  if (answer.status === 401 && code.startsWith("session.")) for (const tell of onSessionEnd) tell();
  return new Problem(answer.status, code, told.params ?? {}, Number(answer.headers.get("Retry-After")) || 0);
}

export const get = (/** @type {string} */ path, /** @type {Options} */ options = {}) => ask("GET", path, options);
export const post = (/** @type {string} */ path, /** @type {unknown} */ body = undefined, /** @type {Options} */ options = {}) =>
  ask("POST", path, { ...options, body });
export const patch = (/** @type {string} */ path, /** @type {unknown} */ body, /** @type {number} */ version, /** @type {Options} */ options = {}) =>
  ask("PATCH", path, { ...options, body, version });
export const remove = (/** @type {string} */ path, /** @type {Options} */ options = {}) => ask("DELETE", path, options);

/** A key for a POST that may be sent twice: one per thing that a person means to make. */
export const newKey = () => crypto.randomUUID();
