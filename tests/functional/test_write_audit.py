"""What is written into the audit log once stays as it is, however often and changed it comes again."""

from __future__ import annotations

import io

from shared import ids
from tests.desk import DeskUnderTest
from tests.functional.test_sealing import ENTRY


def test_a_second_delivery_changes_nothing(desk: DeskUnderTest) -> None:
    """The same event twice is one entry."""
    id = ids.random_id(ids.EVENT)
    event = {"id": id, "entry": ENTRY | {"id": id}}
    for _ in range(2):
        assert desk.push("write_audit", event).status_code == 204
    assert [one for one in desk.documents("entries", "audit") if one == id] == [id]


def test_another_text_under_the_same_id_is_refused_and_reported(
    desk: DeskUnderTest, logged: io.StringIO
) -> None:
    """Somebody tries to rewrite the log: the first text stays, and operators are alerted."""
    id = ids.random_id(ids.EVENT)
    assert desk.push("write_audit", {"id": id, "entry": ENTRY | {"id": id}}).status_code == 204
    before = desk.documents("entries", "audit")[id]

    forged = {"id": id, "entry": ENTRY | {"id": id, "outcome": "failure"}}
    answer = desk.push("write_audit", forged)

    assert answer.status_code == 503
    assert desk.documents("entries", "audit")[id] == before
    assert '"severity":"CRITICAL"' in logged.getvalue()
    assert '"message":"audit.entry_differs"' in logged.getvalue()
