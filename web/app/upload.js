/** Sending a file to the desk, with how far it is: `fetch` does not tell that. */

import { newKey, onSessionEnd, Problem } from "./api.js";

const DEADLINE_MS = 10 * 60_000;

/**
 * @param {string} ticketId @param {File} file @param {(share: number) => void} tell from 0 to 1
 * @returns {{ done: Promise<{ id: string, name: string, size: number }>, stop: () => void }} `done` fails with a Problem
 */
export function upload(ticketId, file, tell) {
  const request = new XMLHttpRequest();
  const done = new Promise((/** @type {(value: any) => void} */ resolve, reject) => {
    request.open("POST", `/api/tickets/${ticketId}/uploads`);
    request.responseType = "json";
    request.timeout = DEADLINE_MS;
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.setRequestHeader("Idempotency-Key", newKey());
    request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
    request.upload.onprogress = (event) => event.lengthComputable && tell(event.loaded / event.total);
    request.onload = () => (request.status === 201 ? resolve(request.response) : reject(refusal(request)));
    request.onerror = request.ontimeout = () => reject(new Problem(0, navigator.onLine ? "page.no_answer" : "page.offline"));
    request.onabort = () => reject(new Problem(0, "upload.stopped"));
    request.send(file);
  });
  return { done, stop: () => request.abort() };
}

/** @param {XMLHttpRequest} request */
function refusal(request) {
  const told = request.response ?? {};
  const code = typeof told.code === "string" ? told.code : request.status === 413 ? "upload.too_large" : "internal";
  if (request.status === 401) for (const ended of onSessionEnd) ended();
  return new Problem(request.status, code, told.params ?? {}, Number(request.getResponseHeader("Retry-After")) || 0);
}
