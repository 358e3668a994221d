"""Erasing a customer, through the function that does it step by step."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.domain.erasures import ErasureKind
from shared.services.privacy import erasing
from tests.desk import DeskUnderTest, desk_in, mail


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskUnderTest]:
    """Give a desk with a mailbox and a customer's mail."""
    with desk_in(tmp_path / "home") as desk:
        desk.connect()
        desk.deliver(mail("The printer is on fire", "Please send somebody."))
        yield desk


def customer(desk: DeskUnderTest) -> str:
    """Return the id of the one customer."""
    (id,) = desk.documents("customers")
    return id


def erase(desk: DeskUnderTest, id: str) -> None:
    """Erase a customer and let everything that follows happen."""
    erasing.request(desk.app(), ErasureKind.CUSTOMER, id, "act_somebody")
    desk.settle()


def test_a_customers_key_is_gone_with_its_copy(desk: DeskUnderTest) -> None:
    """Nothing sealed under it opens again, in no backup."""
    id = customer(desk)

    erase(desk, id)

    assert id not in desk.documents("keys", "keyring")
    assert desk.documents("erasures")[f"customer.{id}"]["state"] == "done"
    assert [e["target"]["id"] for e in desk.audit() if e["action"] == "customer.erased"] == [id]


def test_an_erasure_may_be_asked_for_again(desk: DeskUnderTest) -> None:
    """After a restore it is, and a late event of the earlier run means nothing."""
    id = customer(desk)
    erase(desk, id)

    erase(desk, id)
    answer = desk.push("erase", {"kind": "customer", "id": id, "step": 0})

    assert answer.status_code == 204
    assert desk.documents("erasures")[f"customer.{id}"]["state"] == "done"
