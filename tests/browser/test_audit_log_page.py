"""The page of the audit log, as an auditor uses it: look, search, see a proof, take the log away."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk
from tests.desk import DeskUnderTest
from tools import verify_audit


@pytest.mark.parametrize("language", ["en", "ar"])
def test_an_auditor_searches_sees_a_proof_and_takes_the_log_away(
    open_desk: OpenDesk, shared_desk: DeskUnderTest, language: str, tmp_path: Path
) -> None:
    """What is downloaded from the page passes the verifier that is not the desk's."""
    shared_desk.tick("seal_audit")
    for _ in range(4):
        shared_desk.settle()
        shared_desk.clock.advance(121)  # type: ignore[attr-defined]
    shown = open_desk(language)
    shown.sign_in("auditor")
    shown.go("#/admin/audit")
    page, words = shown.page, shown.words

    expect(page.get_by_text(words("log-no-gap"))).to_be_visible()
    page.get_by_label(words("log-action"), exact=True).select_option("log.heartbeat")
    page.get_by_role("search").get_by_role("button", name=words("log-search")).click()
    rows = page.locator("tbody tr")
    expect(rows.first).to_contain_text(words("event-log-heartbeat"))
    rows.first.get_by_role("button", name=words("log-open")).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text('"action":"log.heartbeat"')
    expect(dialog).to_contain_text("c2sp.org/tlog-proof@v1")
    page.keyboard.press("Escape")

    with page.expect_download() as waiting:
        page.get_by_role("button", name=words("log-export"), exact=True).click()
    path = tmp_path / "log.zip"
    waiting.value.save_as(path)
    with zipfile.ZipFile(path) as archive:
        keys = archive.read("keys").decode().split()
    assert verify_audit.main([str(path), *(part for key in keys for part in ("--key", key))]) == 0
