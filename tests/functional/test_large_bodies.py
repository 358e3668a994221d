"""Bodies near the limit of the cache: kept or not, they can always be read."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from shared.domain.messages import BODY_CACHE_HOURS
from tests.desk import SUPPORT, DeskUnderTest
from tests.stopped_clock import StoppedClock


@pytest.mark.parametrize(
    ("letter", "lines", "kept"),
    [
        pytest.param("\N{MUSICAL SYMBOL G CLEF}", 1_290, False, id="four bytes a letter"),
        pytest.param("a", 2_000, True, id="one byte a letter"),
    ],
)
def test_a_body_is_measured_alike_whenever_it_is_cached(
    desk: DeskUnderTest, letter: str, lines: int, kept: bool
) -> None:
    """What the first reading after a day keeps is what the arrival kept, and the whole text is shown."""
    clock = desk.clock
    assert isinstance(clock, StoppedClock)
    desk.connect()
    text = "\n".join(letter * 100 for _ in range(lines))
    desk.deliver(_mail(text))
    [message_id] = desk.documents("messages")
    at_arrival = bool(desk.documents("bodies"))
    clock.advance(BODY_CACHE_HOURS * 3600 + 1)

    answer = desk.browser("supervisor").get(f"/api/content/messages/{message_id}")
    expires = [body["expires_at"] for body in desk.documents("bodies").values()]

    assert answer.status_code == 200
    assert answer.json["text"].strip() == text
    assert at_arrival is kept
    assert any(moment > clock.now() for moment in expires) is kept


def _mail(text: str) -> bytes:
    message = EmailMessage()
    message["From"] = "Nora Lind <nora@customers.example.net>"
    message["To"] = SUPPORT
    message["Subject"] = "A long letter"
    message.set_content(text)
    return message.as_bytes()
