"""The page that says who may do what, held against the code."""

from __future__ import annotations

from tools import describe_permissions


def test_the_page_is_what_the_code_says() -> None:
    """A permission, role or route that changes shows on the page: run `make api`."""
    assert describe_permissions.main(["--check"]) == 0


def test_the_page_says_that_an_administrator_reads_no_mail_of_others() -> None:
    """Reading content is in one's own mailboxes for every role that may, and no role has it everywhere."""
    [row] = [line for line in describe_permissions.page().splitlines() if "`content:read`" in line][
        :1
    ]

    assert [cell.strip() for cell in row.split("|")[2:7]] == ["own", "own", "own", "own", ""]
