/** Passkeys, by the browser's own JSON forms (WebAuthn Level 3). */

import { post, Problem } from "./api.js";

/** Whether this browser, at this address, can use them: WebAuthn knows no IP addresses. */
export function canUsePasskeys() {
  const parse = /** @type {any} */ (globalThis.PublicKeyCredential)?.parseRequestOptionsFromJSON;
  return typeof parse === "function" && !/^[0-9.]+$|^\[/.test(location.hostname);
}

/** Where passkeys do work, seen from an address of this machine where they do not; null elsewhere. */
export function passkeyAddress(here = location.href) {
  const url = new URL(here);
  if (url.hostname !== "127.0.0.1" && url.hostname !== "[::1]") return null;
  url.hostname = "localhost";
  return url.href;
}

/**
 * What the browser did with a question of its own: refused or closed by the person is no fault of the desk's.
 * @template T @param {Promise<T>} asked
 */
async function answered(asked) {
  try {
    return await asked;
  } catch (error) {
    throw new Problem(0, /** @type {any} */ (error)?.name === "InvalidStateError" ? "passkey.known" : "passkey.stopped");
  }
}

/** Prove a passkey; returns the session's answer. */
export async function provePasskey() {
  const options = await post("/api/session/passkey/options");
  const kind = /** @type {any} */ (PublicKeyCredential);
  const credential = await answered(navigator.credentials.get({ publicKey: kind.parseRequestOptionsFromJSON(options.publicKey ?? options) }));
  return post("/api/session/passkey/verify", { credential: /** @type {any} */ (credential).toJSON() });
}

/** Make a passkey of a name. @param {string} name */
export async function addPasskey(name) {
  const options = await post("/api/account/factors/passkeys/options");
  const kind = /** @type {any} */ (PublicKeyCredential);
  const credential = await answered(navigator.credentials.create({ publicKey: kind.parseCreationOptionsFromJSON(options.publicKey ?? options) }));
  return post("/api/account/factors/passkeys", { name, credential: /** @type {any} */ (credential).toJSON() });
}
