"""The consent page: choose an account, tick what is granted, allow or cancel. No script."""

import html
import urllib.parse
from collections.abc import Sequence

from .accounts import Account
from .exchange import Response, html_response
from .methods import FULL, MODIFY, READONLY, SEND

DESCRIPTIONS = {
    READONLY: "View your email messages and settings",
    SEND: "Send email on your behalf",
    MODIFY: "Read, compose and send emails from your Gmail account",
    FULL: "Read, compose, send and permanently delete all your email from Gmail",
}
STYLE = """
body{font:16px/1.5 system-ui,sans-serif;background:#f0f4f9;color:#1f1f1f;margin:0}
main{max-width:30rem;margin:4vh auto;padding:1.5rem 2rem;background:#fff;border-radius:1rem}
h1{font-size:1.4rem;font-weight:500}fieldset{border:1px solid #c4c7c5;border-radius:.5rem;margin:1rem 0}
label{display:block;padding:.3rem 0}small{color:#5f6368}
button{font:inherit;padding:.5rem 1.4rem;border-radius:2rem;border:1px solid #0b57d0;margin-right:.5rem}
button[value=allow]{background:#0b57d0;color:#fff}button[value=deny],button[value=select_all]{background:#fff;color:#0b57d0}
"""


def consent_page(
    query: str,
    accounts: Sequence[Account],
    chosen: str | None,
    scopes: Sequence[str],
    *,
    ticked: bool,
    redirect_uri: str,
) -> Response:
    """Return the page that posts {account, scope..., decision} to its own address.

    `scopes` are those with a checkbox each (Google shows none where one alone is asked for);
    `ticked` shows them ticked, as "Select all" does.
    """
    radios = "".join(
        f'<label><input type="radio" name="account" value="{_e(account.email)}" required'
        f"{' checked' if account.email == chosen else ''}> {_e(account.name)}"
        f" <small>{_e(account.email)}</small></label>"
        for account in accounts
    )
    boxes = "".join(
        f'<label><input type="checkbox" name="scope" value="{_e(scope)}"'
        f"{' checked' if ticked else ''}> {_e(DESCRIPTIONS.get(scope, scope))}"
        f" <small>{_e(scope.rpartition('/')[2] or scope)}</small></label>"
        for scope in scopes
    )
    select_all = '<button name="decision" value="select_all" formnovalidate>Select all</button>'
    granular = (
        f"<fieldset><legend>Select what the application can access</legend>{boxes}{select_all}"
        "</fieldset>"
        if boxes
        else ""
    )
    body = (
        "<h1>Sign in to continue</h1><p>This is the local double of Google's sign-in: nothing"
        " leaves this machine.</p>"
        f'<form method="post" action="?{_e(query)}">'
        f"<fieldset><legend>Choose an account</legend>{radios}</fieldset>{granular}"
        '<p><button name="decision" value="allow">Allow</button>'
        '<button name="decision" value="deny" formnovalidate>Cancel</button></p></form>'
    )
    return _page("Sign in", body, 200, redirect_uri)


def error_page(status: int, code: str, explanation: str) -> Response:
    """Return the page that Google shows instead of redirecting to an unproven address."""
    body = (
        f"<h1>Access blocked: authorisation error</h1><p>{_e(explanation)}</p>"
        f"<p>Error {status}: {_e(code)}</p>"
    )
    return _page("Authorisation error", body, status, None)


def _page(title: str, body: str, status: int, redirect_uri: str | None) -> Response:
    # A form's redirect is held to form-action too, so the application's origin must be in it.
    target = ""
    if redirect_uri:
        parts = urllib.parse.urlsplit(redirect_uri)
        target = f" {parts.scheme}://{parts.netloc}"
    return html_response(
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{_e(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body><main>{body}</main></body></html>",
        status,
        Content_Security_Policy=(
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
            f" frame-ancestors 'none'; form-action 'self'{target}"
        ),
        Cache_Control="no-store",
        # Not no-referrer: the form's Origin header would be "null".
        Referrer_Policy="same-origin",
        X_Frame_Options="DENY",
    )


def _e(text: str) -> str:
    return html.escape(text)
