"""Passkeys: WebAuthn credentials that a device makes and keeps, for this host alone.

User verification (a fingerprint, a PIN) is required always, so that a passkey is two factors by itself.
Attestation is not asked for: any authenticator is welcome. https://www.w3.org/TR/webauthn-3/
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from shared import log

LIFETIME: Final = timedelta(minutes=5)
_CHALLENGE_BYTES: Final = 32
_TIMEOUT_MILLISECONDS: Final = 300_000


class Refused(Exception):
    """A credential does not prove what it should. Why is logged by its kind, and not told."""


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The site that a passkey belongs to: `id` is the exact host of `origin`."""

    name: str
    origin: str

    @property
    def id(self) -> str:
        """The rpId (WebAuthn §5.1.2)."""
        return urlsplit(self.origin).hostname or ""


@dataclass(frozen=True, slots=True)
class Passkey:
    """What is kept of a credential; id and public key (COSE) in url-safe base64."""

    credential_id: str
    public_key: str
    sign_count: int
    backed_up: bool


def new_challenge() -> str:
    """Return 32 random bytes in url-safe base64."""
    return _text(secrets.token_bytes(_CHALLENGE_BYTES))


def registration_options(
    party: RelyingParty,
    challenge: str,
    *,
    user_id: str,
    address: str,
    name: str,
    known: Sequence[str],
) -> dict[str, Any]:
    """Return what the page gives to navigator.credentials.create, in JSON types.

    `known` are the credential ids that the person has: the same device is not enrolled twice.
    """
    import webauthn  # noqa: PLC0415 - only those who use passkeys need it
    from webauthn.helpers import structs  # noqa: PLC0415

    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_id=user_id.encode(),
        user_name=address,
        user_display_name=name,
        challenge=_bytes(challenge),
        timeout=_TIMEOUT_MILLISECONDS,
        exclude_credentials=[
            structs.PublicKeyCredentialDescriptor(id=_bytes(credential_id))
            for credential_id in known
        ],
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
    )
    plain: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    return plain


def verify_registration(
    party: RelyingParty, challenge: str, credential: Mapping[str, Any]
) -> Passkey:
    """Return the passkey that a device has made for this challenge. Raises Refused."""
    import webauthn  # noqa: PLC0415

    try:
        verified = webauthn.verify_registration_response(
            credential=dict(credential),
            expected_challenge=_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except Exception as error:  # noqa: BLE001 - its parsers raise what they like; all is a refusal
        raise _refused(error) from None
    return Passkey(
        credential_id=_text(verified.credential_id),
        public_key=_text(verified.credential_public_key),
        sign_count=verified.sign_count,
        backed_up=verified.credential_backed_up,
    )


def authentication_options(
    party: RelyingParty, challenge: str, *, known: Sequence[str]
) -> dict[str, Any]:
    """Return what the page gives to navigator.credentials.get, in JSON types.

    `known` are the credentials of a person who is known already; with none, the device offers its own.
    """
    import webauthn  # noqa: PLC0415
    from webauthn.helpers import structs  # noqa: PLC0415

    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=_bytes(challenge),
        timeout=_TIMEOUT_MILLISECONDS,
        allow_credentials=[
            structs.PublicKeyCredentialDescriptor(id=_bytes(credential_id))
            for credential_id in known
        ],
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    plain: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    return plain


def verify_authentication(
    party: RelyingParty,
    challenge: str,
    credential: Mapping[str, Any],
    *,
    passkey: Passkey,
    user_id: str,
) -> Passkey:
    """Return the passkey with its new count and backup state. Raises Refused.

    The signature, challenge, origin, host and user verification must be right, the counter may not stand
    or go back where the device counts (WebAuthn §6.1.1), and a user handle must be this person's.
    """
    import webauthn  # noqa: PLC0415

    try:
        verified = webauthn.verify_authentication_response(
            credential=dict(credential),
            expected_challenge=_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
        handle = credential["response"].get("userHandle")
        own = not handle or _bytes(handle) == user_id.encode()
    except Exception as error:  # noqa: BLE001 - as above
        raise _refused(error) from None
    if not own:
        raise Refused
    return Passkey(
        passkey.credential_id,
        passkey.public_key,
        verified.new_sign_count,
        verified.credential_backed_up,
    )


def credential_id(credential: Mapping[str, Any]) -> str:
    """Return which credential a browser presents, in canonical form. Raises Refused."""
    raw = credential.get("rawId")
    if not isinstance(raw, str) or len(raw) > 2048:
        raise Refused
    try:
        return _text(_bytes(raw))
    except (ValueError, binascii.Error):
        raise Refused from None


def _refused(error: Exception) -> Refused:
    log.event("INFO", "passkey.refused", kind=type(error).__name__)
    return Refused()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
