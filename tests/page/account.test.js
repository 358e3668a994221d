import assert from "node:assert/strict";
import { test } from "node:test";
import { outcome } from "../../web/app/came_back.js";
import { passkeyAddress } from "../../web/app/passkeys.js";

test("what Google's way back has brought is read from the address", () => {
  assert.deepEqual(outcome(new URLSearchParams("connected=mb_1")), { connected: "mb_1", again: false });
  assert.deepEqual(outcome(new URLSearchParams("again=true&connected=mb_1")), { connected: "mb_1", again: true });
  assert.deepEqual(outcome(new URLSearchParams("connect_error=oauth.refused")), { problem: { code: "oauth.refused" } });
  assert.equal(outcome(new URLSearchParams("connect_error=%3Cb%3E")), null);
  assert.equal(outcome(new URLSearchParams("")), null);
});

test("where a number is no place for passkeys, the name of the machine is", () => {
  assert.equal(passkeyAddress("http://127.0.0.1:8080/desk/#/account"), "http://localhost:8080/desk/#/account");
  assert.equal(passkeyAddress("http://localhost:8080/desk/"), null);
  assert.equal(passkeyAddress("https://desk.example.com/"), null);
});
