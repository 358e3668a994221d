"""Second factors brought along from a Laravel installation by an operator's command."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from shared.auth import totp
from shared.domain.people import FACTORS, USERS
from shared.keys import laravel
from tests.desk import DeskUnderTest
from tests.functional.test_people import sign_in
from tools import operate

KEY = bytes(range(32))
APP_KEY = "base64:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODES = ["aBcDeFgHiJ-kLmNoPqRsT", "0123456789-9876543210"]


def encrypted(text: str, *, serialised: bool = True) -> str:
    """Return a column as `encrypt` (or `encryptString`) of Laravel writes it."""
    plain = f's:{len(text.encode())}:"{text}";' if serialised else text
    return laravel.encrypt(plain.encode(), KEY)


def row(email: str, **more: Any) -> dict[str, Any]:
    """Return a row of its users table."""
    return {
        "email": email,
        "two_factor_secret": encrypted(SECRET),
        "two_factor_recovery_codes": encrypted(json.dumps(CODES)),
        "two_factor_confirmed_at": "2025-03-01 10:00:00",
    } | more


def run(
    desk: DeskUnderTest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *rows: Any,
    key: str = APP_KEY,
    options: tuple[str, ...] = (),
) -> int:
    """Import a file with these rows; the key comes by standard input."""
    file = tmp_path / "users.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in rows), "utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO(key + "\n"))
    return operate.main(["import-laravel", str(file), "--operator", "me", *options], desk.app())


def test_who_is_brought_along_signs_in_with_the_app_that_they_have(
    desk: DeskUnderTest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The app's code proves them, or a recovery code of theirs; the log tells who brought it."""
    email, password = desk.people["supervisor"]

    assert run(desk, tmp_path, monkeypatch, row(email)) == 0

    assert capsys.readouterr().out == "2 written, 0 known already, 0 refused\n"
    [user] = [one for one in desk.documents(USERS).values() if one["role"] == "supervisor"]
    assert user["factors"] == ["recovery", "totp"]
    browser = desk.browser()
    body = {"email": email, "password": password}
    assert browser.send("POST", "/api/session/", body).json["needs"]
    step = int(desk.clock.now().timestamp()) // totp.STEP_SECONDS
    code = {"code": totp.code_at(SECRET, step)}
    assert browser.send("POST", "/api/session/totp/verify", code).status_code == 200
    other = desk.browser()
    other.send("POST", "/api/session/", body)
    used = other.send("POST", "/api/session/recovery/verify", {"code": CODES[0]})
    assert used.status_code == 200, used.data
    desk.settle()
    added = [e for e in desk.audit() if e["action"] == "factor.added"]
    assert {e["actor"]["pseudonym"] for e in added} == {"me"}


def test_again_nothing_changes_and_what_one_has_here_stays(
    desk: DeskUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """A second run finds them known; a dry run writes nothing."""
    email, _ = desk.people["agent"]
    assert run(desk, tmp_path, monkeypatch, row(email), options=("--dry-run",)) == 0
    assert not desk.documents(FACTORS)
    assert run(desk, tmp_path, monkeypatch, row(email)) == 0
    before = desk.documents(FACTORS)
    assert run(desk, tmp_path, monkeypatch, row(email)) == 0
    assert desk.documents(FACTORS) == before
    assert "0 written, 2 known already" in capsys.readouterr().out


def test_a_column_that_encrypt_string_wrote_opens_too(
    desk: DeskUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Casts write strings without serialising them; who never confirmed an app gets none."""
    plain = row(desk.people["agent"][0], two_factor_secret=encrypted(SECRET, serialised=False))
    never = row(desk.people["viewer"][0], two_factor_confirmed_at=None)
    assert run(desk, tmp_path, monkeypatch, plain, never) == 0
    assert len(desk.documents(FACTORS)) == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"email": "nobody@example.org"}, "people.unknown"),
        ({"two_factor_secret": laravel.encrypt(b"x", bytes(32))}, "laravel.unopenable"),
        ({"two_factor_secret": encrypted("not base32!")}, "laravel.no_secret"),
        ({"two_factor_recovery_codes": encrypted("{}")}, "laravel.no_codes"),
        ({"google_refresh_token": "x"}, "request.unknown_member"),
    ],
)
def test_one_row_that_cannot_be_taken_and_nothing_is_written(
    desk: DeskUnderTest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    change: dict[str, Any],
    code: str,
) -> None:
    """The line's number and why, no value of it."""
    good = row(desk.people["agent"][0])
    assert run(desk, tmp_path, monkeypatch, good, row(desk.people["viewer"][0]) | change) == 1
    told = capsys.readouterr()
    assert told.err == f"line 2: {code}\n"
    assert not desk.documents(FACTORS)
    assert SECRET not in told.out + told.err


def test_a_key_that_is_none_is_refused_before_anything(
    desk: DeskUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """What is wrong with it is said, without it."""
    assert run(desk, tmp_path, monkeypatch, row(desk.people["agent"][0]), key="base64:AAEC") == 1
    assert "32 bytes" in capsys.readouterr().err
    assert sign_in(desk, *desk.people["agent"]).status_code == 200
