/** Passkeys, by the browser's own JSON forms (WebAuthn Level 3). */

import { post } from "./api.js";

/** Whether this browser, at this address, can use them: WebAuthn knows no IP addresses. */
export function canUsePasskeys() {
  const parse = /** @type {any} */ (globalThis.PublicKeyCredential)?.parseRequestOptionsFromJSON;
  return typeof parse === "function" && !/^[0-9.]+$|^\[/.test(location.hostname);
}

/** Prove a passkey; returns the session's answer. */
export async function provePasskey() {
  const options = await post("/api/session/passkey/options");
  const kind = /** @type {any} */ (PublicKeyCredential);
  const credential = await navigator.credentials.get({ publicKey: kind.parseRequestOptionsFromJSON(options.publicKey ?? options) });
  return post("/api/session/passkey/verify", { credential: /** @type {any} */ (credential).toJSON() });
}

/** Make a passkey of a name. @param {string} name */
export async function addPasskey(name) {
  const options = await post("/api/account/factors/passkeys/options");
  const kind = /** @type {any} */ (PublicKeyCredential);
  const credential = await navigator.credentials.create({ publicKey: kind.parseCreationOptionsFromJSON(options.publicKey ?? options) });
  return post("/api/account/factors/passkeys", { name, credential: /** @type {any} */ (credential).toJSON() });
}
