"""The desk's own mail: both languages, text and HTML, nothing that could be injected."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from shared.app import App
from shared.errors import Unavailable
from shared.services.organisation import organisation, system_mail
from shared.smtp.client import SmtpClient
from shared.smtp.contract import SmtpServer
from shared.smtp.folder import FolderSmtp
from tests.desk import DeskUnderTest

PARAMS = {
    "code": "12345678",
    "link": "https://desk.example.com/x?a=1&b=2",
    "change": "<b>an app was added</b>",
    "when": "2026-01-05 09:00",
    "ticket": "K7F2-9QX4R",
    "size": "1234",
    "what": "The customer has <answered>.",
}


def _newest(app: App) -> EmailMessage:
    assert app.settings.local is not None
    path = max((app.settings.local.home / "system_mail").glob("*.eml"))
    message: Any = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return message


def test_both_languages_have_the_same_texts() -> None:
    """Every mail stands in English and Arabic, with the same parameters, and no code in a subject."""
    shapes = [
        {
            kind: sorted(re.findall(r"\{(\w+)\}", " ".join(text["lines"])))
            for kind, text in system_mail.texts(language).items()
        }
        for language in system_mail.LANGUAGES
    ]

    assert shapes[0] == shapes[1]
    for language in system_mail.LANGUAGES:
        for text in system_mail.texts(language).values():
            assert set(re.findall(r"\{(\w+)\}", text["subject"])) <= {"organisation", "ticket"}


@pytest.mark.parametrize("language", system_mail.LANGUAGES)
@pytest.mark.parametrize("kind", sorted(system_mail.texts("en")))
def test_each_mail_is_text_and_html_in_its_direction(
    kind: Any, language: str, desk: DeskUnderTest
) -> None:
    """A mail says the same twice; HTML has its direction, escapes what it is given, loads nothing."""
    app = desk.app()

    system_mail.send(app, to="agent@example.com", kind=kind, language=language, **PARAMS)

    message = _newest(app)
    plain, html = (message.get_body((part,)) for part in ("plain", "html"))
    assert plain is not None
    assert html is not None
    markup = html.get_content()
    assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in markup
    assert "<b>" not in markup
    assert "src=" not in markup
    assert "12345678" not in str(message["Subject"])
    assert message["Auto-Submitted"] == "auto-generated"


def test_a_code_stands_left_to_right_in_an_arabic_mail(desk: DeskUnderTest) -> None:
    """Digits in a right-to-left mail keep their order."""
    app = desk.app()

    system_mail.send(app, to="agent@example.com", kind="email_otp", language="ar", code="12345678")

    html = _newest(app).get_body(("html",))
    assert html is not None
    assert '<bdi dir="ltr">12345678</bdi>' in html.get_content()


def test_the_newest_mail_is_the_last_one_sent(desk: DeskUnderTest, tmp_path: Path) -> None:
    """Mails of the same second keep their order, and only their owner reads them."""
    smtp = FolderSmtp(tmp_path / "mail", desk.clock)
    for number in range(12):
        message = EmailMessage()
        message["Subject"] = str(number)
        smtp.send(message, "agent@example.com")

    files = sorted((tmp_path / "mail").glob("*.eml"))

    assert [f"Subject: {n}" in file.read_text("utf-8") for n, file in enumerate(files)] == [
        True
    ] * 12
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_a_server_that_takes_no_mail_is_not_stored(desk: DeskUnderTest) -> None:
    """A mistake in the server's settings leaves the old ones in place."""
    app = desk.app()
    vars(app).update(smtp_by=SmtpClient)
    server = SmtpServer("unknown.invalid", 465, "tls", "desk@example.com", "desk", "a password")

    with pytest.raises(Unavailable):
        organisation.set_smtp(app, organisation.Who("operator", "me"), server, "admin@example.com")

    assert organisation.show_smtp(app) is None
