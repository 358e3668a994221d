"""Tokens and ids that only this sandbox can make and read: page tokens, attachment ids, secrets."""

import base64
import hashlib
import hmac

from .config import SandboxConfig, b64url


class OpaqueIds:
    """Deterministic for one configuration, and not to be guessed without its control token."""

    def __init__(self, config: SandboxConfig) -> None:
        origin = f"{config.seed}|{config.control_token}|{config.client_secret}"
        self._key = hashlib.sha256(origin.encode()).digest()

    def secret(self, purpose: str, number: int) -> str:
        """Return the number-th token of a purpose: 43 characters."""
        return b64url(self._mac(f"{purpose}|{number}"))

    def seal(self, purpose: str, content: str) -> str:
        """Return content as text that can be opened for the same purpose only."""
        return b64url(self._mac(f"{purpose}|{content}")[:9] + content.encode())

    def open(self, purpose: str, sealed: str) -> str | None:
        """Return what was sealed, None for anything that was not."""
        try:
            opened = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
            content = opened[9:].decode()
        except ValueError:
            return None
        expected = self.seal(purpose, content)
        return content if hmac.compare_digest(expected.encode(), sealed.encode()) else None

    def _mac(self, text: str) -> bytes:
        return hmac.digest(self._key, text.encode(), "sha256")


def seeded(*parts: object) -> int:
    """Return a number that follows from the parts: 64 bits of SHA-256."""
    text = "|".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
