"""Rotating APP_KEY on a desk at work: nothing is unreadable at any moment, and nothing is lost half-way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared import ids
from shared.app import App
from shared.errors import Conflict
from shared.keys.contract import APP_KEY
from shared.services.keys import keyring_copies, rotation
from tests.desk import DeskUnderTest, desk_in, mail
from tests.faults.faulty import WAYS, Crash, Rule, faulty
from tests.rewinding import moment, take_back
from tools import operate


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskUnderTest]:
    """Give a desk with people, a mailbox, a customer and their keys."""
    with desk_in(tmp_path / "home") as desk:
        desk.connect()
        desk.deliver(mail())
        yield desk


def run(desk: DeskUnderTest, *arguments: str) -> int:
    """Run rotate-key as an operator does."""
    return operate.main(["rotate-key", "--operator", "olga", *arguments], desk.app())


def under(desk: DeskUnderTest) -> set[str]:
    """Return the versions that wrap data keys."""
    return {str(key["kid"]) for key in desk.documents("keys", "keyring").values()}


def read_everything(app: App, desk: DeskUnderTest) -> None:
    """Open what is sealed, as an instance without memory; fails where anything does not open."""
    for id, user in desk.documents("users").items():
        app.envelope.open(id, f"users/{id}/sealed", user["sealed"])
    for id, ticket in desk.documents("tickets").items():
        app.envelope.open(ticket["mailbox_id"], f"tickets/{id}/sealed", ticket["sealed"])


def pass_time(desk: DeskUnderTest, days: float = 0, seconds: float = 0) -> None:
    """Let the clock go on."""
    desk.clock.advance(days * 86_400 + seconds)  # type: ignore[attr-defined]


def test_a_rotation_from_its_begin_to_the_old_keys_end(
    desk: DeskUnderTest, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each step refuses while it is not safe, and says when it is."""
    assert run(desk) == 1  # other instances may wrap under the old one for five minutes
    assert "run this again, not before" in capsys.readouterr().out
    assert run(desk, "--disable") == 1
    assert "rotation.not_finished" in capsys.readouterr().err
    pass_time(desk, seconds=361)
    assert run(desk) == 0
    assert "0 left" in capsys.readouterr().out
    assert under(desk) == {"app-key/2"}
    assert keyring_copies.check(desk.app(), mend=False).wrong == ()

    assert run(desk, "--disable") == 0
    read_everything(desk.app(), desk)
    pass_time(desk, days=29)
    assert run(desk, "--destroy") == 1
    assert "rotation.too_early" in capsys.readouterr().err
    pass_time(desk, days=2)
    assert run(desk, "--destroy") == 0

    assert [v.id for v in desk.desk.keys.versions(APP_KEY)] == ["app-key/2"]
    read_everything(desk.app(), desk)
    desk.settle()
    actions = [entry["action"] for entry in desk.audit()]
    assert [a for a in actions if a.startswith("key.")] == [
        "key.rotated",
        "key.disabled",
        "key.destroyed",
    ]


def test_an_instance_that_remembers_the_old_key_goes_on_and_is_wrapped_anew(
    desk: DeskUnderTest,
) -> None:
    """A key that it makes in its five minutes is found by the next run, before anything is disabled."""
    late = App(
        desk.desk.settings,
        "late",
        clock=desk.clock,
        keys=type(desk.desk.keys)(desk.desk.home / "keys.json", desk.clock),
        keyring=desk.files["keyring"],
    )
    late.keys.primary(APP_KEY)
    run(desk)

    late.envelope.create("u_late")
    assert under(desk) == {"app-key/1", "app-key/2"}
    with pytest.raises(Conflict, match=r"^rotation\.not_finished$"):
        rotation.disable(desk.app(), "olga")

    pass_time(desk, seconds=361)
    assert run(desk) == 0
    assert under(desk) == {"app-key/2"}
    desk.settle()


def test_a_disabling_is_taken_back(desk: DeskUnderTest) -> None:
    """The version opens again, and its soak begins anew."""
    run(desk)
    pass_time(desk, seconds=361)
    run(desk)
    run(desk, "--disable")
    assert run(desk, "--enable", "app-key/1") == 0
    assert desk.app().keys.by_id("app-key/1").id == "app-key/1"
    pass_time(desk, days=40)
    assert run(desk, "--destroy") == 1
    desk.settle()


def test_a_keyring_that_was_lost_comes_back_from_its_copies(desk: DeskUnderTest) -> None:
    """Every owner's key is entered again, and a second run enters none."""
    lost = list(desk.documents("keys", "keyring"))
    desk.files["keyring"].transact(lambda tx: [tx.delete("keys", owner) for owner in lost])

    entered, without = keyring_copies.restore(desk.app())

    assert entered == len(desk.documents("keys", "keyring")) == len(lost)
    assert entered > 5
    assert keyring_copies.restore(desk.app())[0] == 0
    read_everything(desk.app(), desk)
    assert without <= 1  # the organisation seals nothing yet


def test_a_copy_that_is_missing_is_named_and_mended(
    desk: DeskUnderTest, capsys: pytest.CaptureFixture[str]
) -> None:
    """check-keyring ends 1 and names its owner; with --mend the copy is there again."""
    owner = next(iter(desk.documents("keys", "keyring")))
    desk.app().key_copies.delete(owner)

    assert operate.main(["check-keyring"], desk.app()) == 1
    assert owner in capsys.readouterr().out
    assert operate.main(["check-keyring", "--mend"], desk.app()) == 0
    assert operate.main(["check-keyring"], desk.app()) == 0


def test_a_copy_without_a_key_is_named(
    desk: DeskUnderTest, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is told, and not taken away: whether its key was lost or destroyed a person knows."""
    gone = ids.random_id(ids.MAILBOX)
    desk.app().key_copies.put(gone, [b"left behind"])

    assert operate.main(["check-keyring", "--mend"], desk.app()) == 1

    assert f"a copy without a key: {gone}" in capsys.readouterr().out
    assert gone in set(desk.app().key_copies.names())


def test_whatever_call_fails_everything_stays_readable_and_the_end_is_the_same(
    desk: DeskUnderTest,
) -> None:
    """A reader without memory opens everything after each fault; running again ends under one version."""
    start, keys = moment(desk), (desk.desk.home / "keys.json").read_bytes()

    def attempt(rule: Rule) -> None:
        app = faulty(desk.app(), rule)
        vars(app)["key_administration"] = desk.desk.keys
        for _ in range(2):
            try:
                rotation.rotate(app, "olga", lambda *_: None)
            except (Crash, Exception):  # noqa: BLE001 - an operator sees any, and runs it again
                read_everything(desk.app(), desk)
            else:
                return

    undisturbed = Rule("operator")
    attempt(undisturbed)
    assert len(undisturbed.calls) > 20

    for at, name in enumerate(undisturbed.calls, 1):
        for when, how in WAYS:
            take_back(desk, start)
            (desk.desk.home / "keys.json").write_bytes(keys)
            desk.desk.keys.forget()
            attempt(Rule("operator", at, when, how))
            where = f"{how} {when} call {at}, {name}"
            read_everything(desk.app(), desk)
            assert under(desk) == {"app-key/2"}, where
            pass_time(desk, seconds=361)
            assert run(desk) == 0, where
            assert keyring_copies.check(desk.app(), mend=False).wrong == (), where
            assert len(desk.desk.keys.versions(APP_KEY)) == 2, where
    desk.settle()
