"""A desk that the tests of one module share, and somebody who connects mailboxes."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from shared import log
from tests.desk import SALES, SUPPORT, DeskBrowser, DeskUnderTest, desk_in


@pytest.fixture(scope="module")
def standing_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskUnderTest]:
    """Give a desk for a whole module; only one desk stands in a process, so not beside `desk`."""
    with desk_in(tmp_path_factory.mktemp("standing") / "home") as desk:
        yield desk


@pytest.fixture
def administrator(desk: DeskUnderTest) -> DeskBrowser:
    """Sign in as somebody who may connect mailboxes; Google has the demo's accounts."""
    for address in (SUPPORT, SALES):
        desk.sandbox.add_account(address, address.partition("@")[0].title(), hd="example.com")
    return desk.browser("administrator")


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Give what is logged from here on."""
    before, stream = log._stream, io.StringIO()
    log.write_to(stream)
    yield stream
    log.write_to(before)
