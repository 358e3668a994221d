"""Show what the product understands of one message: ``python -m tools.inspect_mail FILE.eml...``.

Prints JSON, one object a file. `inspect` is the same as a function and never raises on any bytes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from shared.mail.classify import classify
from shared.mail.html_text import html_to_text
from shared.mail.parse import Address, parse
from shared.mail.sanitize import sanitize
from shared.mail.visible import visible


def inspect(raw: bytes) -> dict[str, Any]:
    """Return what is understood of a message, with the keys that DESIGN 13 fixes."""
    mail = parse(raw)
    found = classify(mail)
    shown = visible(mail)
    return {
        "subject": mail.subject,
        "sender": mail.sender.address,
        "sender_name": mail.sender.name,
        "to": [_plain(address) for address in mail.to],
        "cc": [_plain(address) for address in mail.cc],
        "reply_to": [_plain(address) for address in mail.reply_to],
        "message_id": mail.message_id,
        "in_reply_to": list(mail.in_reply_to),
        "references": list(mail.references),
        "date": mail.date.isoformat() if mail.date else None,
        "body_text": mail.text or html_to_text(mail.html),
        "body_html": sanitize(mail.html, cid_url=lambda _: None, fold_quotes=False).html,
        "visible_text": shown.text,
        "attachments": [attachment.name for attachment in mail.attachments],
        "attachment_md5s": [attachment.md5 for attachment in mail.attachments],
        "is_bounce": found.kind == "bounce",
        "bounce_recipients": [bounced.recipient for bounced in found.bounced],
        "is_auto_reply": not found.may_acknowledge,
        "reasons": [*found.reasons, *mail.problems],
    }


def _plain(address: Address) -> dict[str, str]:
    return {"name": address.name, "address": address.address}


def main(paths: list[str]) -> int:
    """Print what is understood of each file; 2 where no file is named or one cannot be read."""
    if not paths:
        print("usage: python -m tools.inspect_mail FILE.eml...", file=sys.stderr)
        return 2
    for path in paths:
        try:
            raw = Path(path).read_bytes()
        except OSError as error:
            print(f"{path}: {error.strerror}", file=sys.stderr)
            return 2
        print(json.dumps(inspect(raw), ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
