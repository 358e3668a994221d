"""Passkeys in Chromium, with its virtual authenticator: the browser's own WebAuthn, start to end."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.desk import DeskUnderTest

_SEND = """
async ([method, path, body]) => {
  const answer = await fetch(path, {
    method,
    headers: body === null ? {} : {"Content-Type": "application/json"},
    body: body === null ? undefined : JSON.stringify(body),
  });
  return [answer.status, answer.status === 204 ? null : await answer.json()];
}
"""
_CREATE = """
async (options) => {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return (await navigator.credentials.create({publicKey})).toJSON();
}
"""
_GET = """
async (options) => {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return (await navigator.credentials.get({publicKey})).toJSON();
}
"""


def send(page: Page, method: str, path: str, body: object = None) -> tuple[int, Any]:
    """Let the page ask the desk; return status and JSON."""
    status, answer = page.evaluate(_SEND, [method, path, body])
    return status, answer


def with_authenticator(page: Page) -> None:
    """Give the browser a device that keeps passkeys and has a finger on its sensor."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def sign_in(desk: DeskUnderTest, page: Page, role: str) -> Any:
    """Give the password; return the answer."""
    email, password = desk.people[role]
    status, answer = send(page, "POST", "/api/session/", {"email": email, "password": password})
    assert status == 200
    return answer


def enrol(page: Page) -> None:
    """Enrol a passkey of the browser's device."""
    status, options = send(page, "POST", "/api/account/factors/passkeys/options")
    assert status == 200, options
    body = {"name": "This laptop", "credential": page.evaluate(_CREATE, options)}
    status, answer = send(page, "POST", "/api/account/factors/passkeys", body)
    assert status == 201, answer


def test_a_passkey_from_enrolment_to_sign_in(desk: DeskUnderTest, page: Page) -> None:
    """A person enrols this laptop, signs out, and signs in with it alone, then steps up with it."""
    with_authenticator(page)
    sign_in(desk, page, "agent")
    enrol(page)
    assert send(page, "DELETE", "/api/session/")[0] == 204
    assert send(page, "GET", "/api/session/")[0] == 401

    _, options = send(page, "POST", "/api/session/passkey/options")
    credential = {"credential": page.evaluate(_GET, options)}
    status, signed_in = send(page, "POST", "/api/session/passkey/verify", credential)

    assert (status, signed_in["needs"]) == (200, [])
    assert signed_in["user"]["email"] == desk.people["agent"][0]
    _, options = send(page, "POST", "/api/session/passkey/options")
    again = {"credential": page.evaluate(_GET, options)}
    assert send(page, "POST", "/api/session/passkey/verify", again)[0] == 200
    _, factors = send(page, "GET", "/api/account/factors")
    assert [(f["kind"], f["name"]) for f in factors["items"]] == [("passkey", "This laptop")]


def test_a_passkey_completes_a_sign_in_with_a_password(desk: DeskUnderTest, page: Page) -> None:
    """After the password the browser is asked for it; without it the session can do nothing."""
    with_authenticator(page)
    sign_in(desk, page, "agent")
    enrol(page)
    send(page, "DELETE", "/api/session/")

    answer = sign_in(desk, page, "agent")
    too_early, _ = send(page, "GET", "/api/tickets/")
    _, options = send(page, "POST", "/api/session/passkey/options")
    credential = {"credential": page.evaluate(_GET, options)}
    status, whole = send(page, "POST", "/api/session/passkey/verify", credential)

    assert answer["needs"] == ["passkey"]
    assert too_early == 401
    assert (status, whole["needs"]) == (200, [])
    assert send(page, "GET", "/api/tickets/")[0] == 200
