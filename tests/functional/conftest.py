"""A desk that the tests of one module share, since they leave it as it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.desk import DeskUnderTest, desk_in


@pytest.fixture(scope="module")
def standing_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskUnderTest]:
    """Give a desk for a whole module; only one desk stands in a process, so not beside `desk`."""
    with desk_in(tmp_path_factory.mktemp("standing") / "home") as desk:
        yield desk
