"""Pictures inside a mail: its own are seen where they stand, others after a press, all through the desk."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk
from tests.browser.hands import WAYS
from tests.browser.person import person
from tests.browser.working_day import PICTURE
from tests.desk import SUPPORT, DeskUnderTest
from tests.stranger import stranger

_WIDTH = 24


def _illustrated(subject: str, elsewhere: str) -> bytes:
    """Return a mail with a picture of its own in its text, one from elsewhere, and one that is missing."""
    message = EmailMessage()
    message["From"] = "Nora Lind <nora@customers.example.net>"
    message["To"] = SUPPORT
    message["Subject"] = subject
    message.set_content("See the label.")
    message.add_alternative(
        '<p>See the label: <img src="cid:label@x" alt="label"></p>'
        '<p><img src="cid:gone@x" alt="missing"></p>'
        f'<p><img src="{elsewhere}/far.png" alt="far"></p>',
        subtype="html",
    )
    related: Any = message.get_payload()[1]  # type: ignore[index]
    related.add_related(PICTURE, "image", "png", cid="<label@x>", filename="label.png")
    message.add_attachment(PICTURE, "image", "png", filename="photograph.png")
    return message.as_bytes()


@pytest.mark.parametrize(("language", "hand_name"), WAYS)
def test_pictures_of_a_mail_are_seen_where_they_stand(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, hand_name: str
) -> None:
    """The mail's own at once, from the desk; one from elsewhere when asked for, fetched by the desk alone."""
    desk = shared_desk
    subject = f"Pictures {language} {hand_name}"
    with stranger() as elsewhere:
        elsewhere.answer("/far.png", body=PICTURE, Content_Type="image/png")
        desk.deliver(_illustrated(subject, elsewhere.url))
        [ticket] = [one["id"] for one in desk.tickets() if one["subject"] == subject]
        who = person(open_desk(language), hand_name)
        who.shown.sign_in("agent")
        who.shown.go(f"#/tickets/{ticket}")

        outer = who.page.get_by_role("article").locator("iframe.mail__frame")
        outer.scroll_into_view_if_needed()
        frame = who.page.frame_locator("iframe.mail__frame")
        own, far = (frame.get_by_alt_text(name, exact=True) for name in ("label", "far"))
        expect(own).to_have_js_property("naturalWidth", _WIDTH)
        expect(own).to_be_in_viewport()
        assert str(own.evaluate("image => image.currentSrc")).startswith(f"{desk.url}/api/content/")
        expect(frame.get_by_text("label", exact=True)).to_have_count(0)
        expect(far).to_have_js_property("naturalWidth", 0)
        assert elsewhere.asked == []
        # What stands in the text is no file beside it; what was attached is.
        files = who.page.get_by_role("list", name=who.words("mail-files"))
        expect(files.get_by_role("listitem")).to_have_count(1)
        expect(files).to_contain_text("photograph.png")

        who.press("mail-images")
        expect(far).to_have_js_property("naturalWidth", _WIDTH)
        expect(own).to_have_js_property("naturalWidth", _WIDTH)
        assert [asked.path for asked in elsewhere.asked] == ["/far.png"]
        assert elsewhere.url not in " ".join(who.shown.asked)


def test_an_attached_picture_is_looked_at_and_not_saved_first(
    open_desk: OpenDesk, shared_desk: DeskUnderTest
) -> None:
    """It opens in a window of its own, and the ticket stays where it is; other files are saved."""
    message = EmailMessage()
    message["From"] = "Nora Lind <nora@customers.example.net>"
    message["To"] = SUPPORT
    message["Subject"] = "A photograph and a list"
    message.set_content("See both.")
    message.add_attachment(PICTURE, "image", "png", filename="photograph.png")
    message.add_attachment(b"<svg/>", "image", "svg+xml", filename="drawing.svg")
    shared_desk.deliver(message.as_bytes())
    [ticket] = [one["id"] for one in shared_desk.tickets() if one["subject"] == message["Subject"]]
    who = person(open_desk(), "mouse")
    who.shown.sign_in("agent")
    who.shown.go(f"#/tickets/{ticket}")

    with who.page.expect_popup() as opened:
        who.page.get_by_role("link", name="photograph.png").click()
    expect(opened.value.locator("img")).to_have_js_property("naturalWidth", _WIDTH)
    with who.page.expect_download() as saved:
        who.page.get_by_role("link", name="drawing.svg").click()
    assert saved.value.suggested_filename == "drawing.svg"
    who.sees("See both.")
