"""People brought along from elsewhere by an operator's command, with the passwords that they have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import bcrypt
import pytest

from shared.domain.people import USERS
from tests.desk import SUPPORT, DeskUnderTest
from tests.functional.test_people import sign_in
from tools import operate

PASSWORD = "an old password"


def hashed(cost: int = 4) -> str:
    """Return the hash that PHP makes of the password."""
    return bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(cost)).decode().replace("$2b$", "$2y$")


def run(desk: DeskUnderTest, tmp_path: Path, *people: Any) -> int:
    """Import a file with these lines."""
    file = tmp_path / "people.jsonl"
    lines = [one if isinstance(one, str) else json.dumps(one) for one in people]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return operate.main(["import-people", str(file), "--operator", "me"], desk.app())


def person(who: str, **more: Any) -> dict[str, Any]:
    """Return a line of the file."""
    return {"email": f"{who}@example.org", "name": who.title(), "role": "agent"} | more


def test_who_comes_with_a_hash_signs_in_with_the_old_password(
    desk: DeskUnderTest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Account, role and mailboxes are there; the hash becomes one of ours; the log tells who did it."""
    desk.connect(SUPPORT)
    file = [person("ann", password_hash=hashed(), mailboxes=[SUPPORT]), person("bob")]

    assert run(desk, tmp_path, *file) == 0

    assert "2 created, 0 known already, 0 refused" in capsys.readouterr().out
    answer = sign_in(desk, "ann@example.org", PASSWORD)
    assert answer.status_code == 200
    assert answer.json["user"]["mailbox_ids"] == [desk.mailboxes[SUPPORT]]
    assert sign_in(desk, "bob@example.org", PASSWORD).status_code == 401
    schemes = [
        user["password"]["scheme"] for user in desk.documents(USERS).values() if user["password"]
    ]
    assert set(schemes) == {"bcrypt-hmac-sha384"}
    desk.settle()
    made = [e for e in desk.audit() if e["action"] == "user.created"]
    assert [e["actor"]["pseudonym"] for e in made] == ["me", "me"]
    imported = {"field": "password", "before": None, "after": "imported"}
    assert [imported in e["changes"] for e in made].count(True) == 1


def test_a_file_that_is_imported_again_changes_nothing(
    desk: DeskUnderTest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who has an account keeps it as it is, with the password that they have chosen since."""
    run(desk, tmp_path, person("ann", password_hash=hashed()))
    sign_in(desk, "ann@example.org", PASSWORD)
    before = desk.documents(USERS)

    assert run(desk, tmp_path, person("ann", role="viewer"), person("ANN")) == 0

    assert "0 created, 2 known already" in capsys.readouterr().out
    assert desk.documents(USERS) == before


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{", "request.malformed_json"),
        ("[]", "request.wrong_type"),
        (person("eve", password="clear"), "request.unknown_member"),
        (person("eve", email="eve"), "user.address_invalid"),
        (person("eve", name=" "), "user.name_invalid"),
        (person("eve", role="chief"), "role.not_found"),
        (person("eve", role="administrator"), "people.no_administrator"),
        (person("eve", password_hash="$1$" + "a" * 57), "people.hash_invalid"),
        (person("eve", password_hash="$2y$31$" + "a" * 53), "people.hash_too_costly"),
        (person("eve", mailboxes=["other@example.com"]), "people.mailbox_unknown"),
        (person("eve", name="x" * 20_000), "people.line_too_long"),
    ],
)
def test_a_line_that_cannot_be_taken_is_named(
    desk: DeskUnderTest, tmp_path: Path, capsys: pytest.CaptureFixture[str], line: Any, code: str
) -> None:
    """Its number and why are printed, without what it holds, and nobody of the file is imported."""
    before = set(desk.documents(USERS))

    assert run(desk, tmp_path, person("ann"), "", line) == 1

    printed = capsys.readouterr()
    assert f"line 3: {code}" in printed.err
    assert "eve" not in printed.err + printed.out
    assert set(desk.documents(USERS)) == before


def test_a_file_that_is_not_there(desk: DeskUnderTest, tmp_path: Path) -> None:
    """The command says so and ends."""
    missing = str(tmp_path / "nothing")
    assert operate.main(["import-people", missing, "--operator", "me"], desk.app()) == 1
