"""A mailbox that sends by a mail server of its own: entered at the page, refused, taken, used, left again."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from pathlib import Path

import pytest
from playwright.sync_api import expect

from shared.smtp.client import SmtpClient
from tests.browser.conftest import OpenDesk
from tests.browser.hands import WAYS
from tests.browser.person import person
from tests.desk import SUPPORT, DeskUnderTest, mail
from tests.unit.smtp.mail_server import mail_server

_PATH = "/api/admin/mailboxes/.../smtp"
# What is set on a mailbox counts everywhere by then; a reply can be taken back until then.
_KNOWN_SECONDS = 31
_UNDO_SECONDS = 20


@contextmanager
def _as_deployed(desk: DeskUnderTest, trust: ssl.SSLContext) -> Iterator[None]:
    """Let replies of mailboxes go out over the network, as a deployment's do and a local desk's do not."""
    apps = [vars(desk.desk.app(function)) for function in ("admin", "send_reply")]
    before = [app.get("smtp_by") for app in apps]
    for app in apps:
        app["smtp_by"] = lambda server: SmtpClient(server, private_allowed=True, trust=trust)
    try:
        yield
    finally:
        for app, smtp_by in zip(apps, before, strict=True):
            app.pop("smtp_by")
            if smtp_by is not None:
                app["smtp_by"] = smtp_by


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_a_mailbox_sends_by_a_server_of_its_own(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, tmp_path: Path, language: str, hand_name: str
) -> None:
    """No answer, a wrong password: it is said in words. Then a reply leaves by it, and not by Gmail."""
    desk = shared_desk
    subject = f"Server {language} {hand_name}"
    desk.deliver(mail(subject))
    [ticket] = [one["id"] for one in desk.tickets() if one["subject"] == subject]
    admin = person(open_desk(language), hand_name)
    admin.shown.sign_in("administrator")
    admin.shown.go(f"#/admin/mailbox/{desk.mailboxes[SUPPORT]}")
    box = admin.page.get_by_role("region", name=admin.words("sending"), exact=True)
    expect(box.get_by_text(admin.words("sending-gmail"))).to_be_visible()

    with mail_server(tmp_path, implicit_tls=True) as (server, trust), _as_deployed(desk, trust):
        admin.press("sending-use-smtp", box)
        dialog = admin.page.get_by_role("dialog", name=admin.words("sending-use-smtp"))
        admin.write("smtp-host", "localhost", dialog)
        admin.choose("smtp-security", "starttls", dialog)
        expect(admin.field("smtp-port", dialog)).to_have_value("587")
        admin.write("smtp-sender", SUPPORT, dialog)
        admin.write("smtp-username", "support", dialog)
        admin.write("sign-in-password", "wrong", dialog)
        admin.shown.expect_refusal(_PATH, 503)
        admin.press("sending-test", dialog)
        expect(dialog.get_by_role("alert")).to_have_text(admin.words("error-smtp-unavailable"))

        admin.choose("smtp-security", "tls", dialog)
        port = admin.field("smtp-port", dialog)
        expect(port).to_have_value("465")
        port.clear()
        admin.write("smtp-port", str(server.port), dialog)
        admin.shown.expect_refusal(_PATH, 400)
        admin.press("sending-test", dialog)
        said = admin.words("error-smtp-credentials_refused")
        expect(dialog.get_by_role("alert")).to_have_text(said)
        path = _PATH.replace("...", desk.mailboxes[SUPPORT])
        assert desk.browser("administrator").get(path).json["server"] is None

        admin.field("sign-in-password", dialog).clear()
        admin.write("sign-in-password", "right", dialog)
        admin.press("sending-test", dialog)
        admin.told("sending-tested")
        expect(dialog).to_have_count(0)
        expect(box.get_by_text(f"localhost:{server.port}")).to_be_visible()
        assert server.logins[-1] == (b"support", b"right")

        who = person(open_desk(language), hand_name)
        who.shown.advance(_KNOWN_SECONDS)
        by_gmail = len(desk.sandbox.sends(SUPPORT))
        who.shown.sign_in("agent")
        who.shown.go(f"#/tickets/{ticket}")
        who.press("reply-begin")
        who.write("reply-text", "It goes another way.")
        who.press("reply-send")
        who.told("reply-queued")
        who.shown.advance(_UNDO_SECONDS)
        desk.settle()
        mails = who.page.get_by_role("article", name=who.words.like("mail-label"))
        expect(mails).to_have_count(2)
        expect(mails.filter(has_text="It goes another way.")).to_be_visible()

    [envelope] = server.received
    assert (envelope.mail_from, envelope.rcpt_tos) == (SUPPORT, ["nora@customers.example.net"])
    assert envelope.content is not None
    sent = message_from_bytes(bytes(envelope.content))
    assert subject in str(sent["Subject"])
    assert len(desk.sandbox.sends(SUPPORT)) == by_gmail

    admin.press("sending-use-gmail", box)
    sure = admin.page.get_by_role("dialog", name=admin.words("sending-use-gmail"))
    admin.press("sending-use-gmail", sure)
    expect(box.get_by_text(admin.words("sending-gmail"))).to_be_visible()
    admin.shown.advance(_KNOWN_SECONDS)
