"""What several people do to accounts at the same moment, on either store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from local import system_mail
from shared import ids
from shared.app import App
from shared.auth import sessions
from shared.auth.visitor import Visitor
from shared.domain import erasures
from shared.domain.people import CHALLENGES, USERS
from shared.errors import ProductError
from shared.permissions import Actor
from shared.services.accounts import (
    email_otp,
    one_time_links,
    own_password,
    people,
    people_changes,
    sign_in,
)
from shared.services.accounts.people import NewPerson
from shared.services.privacy import erasing
from shared.store.contract import Query
from shared.store.firestore import FirestoreStore
from tests.contract.emulators import FirestoreEmulator
from tests.desk import DeskUnderTest

PROJECT = "demo-people"
VISITOR = Visitor("192.0.2.0/24", "Firefox on Linux")
AT_ONCE = 4


@pytest.fixture(params=["sqlite", "firestore"])
def app(desk: DeskUnderTest, request: pytest.FixtureRequest) -> Iterator[App]:
    """Give the desk's people and keys, over each kind of store."""
    whole = desk.app()
    if request.param == "sqlite":
        yield whole
        return
    emulator: FirestoreEmulator = request.getfixturevalue("firestore_emulator")
    emulator.reset(PROJECT, "(default)")
    store = FirestoreStore(PROJECT, "(default)", emulator=emulator.address)
    for id, user in desk.documents(USERS).items():
        store.transact(lambda tx, at=id, user=user: tx.create(USERS, at, user))  # type: ignore[misc]
    yield App(
        whole.settings,
        "admin",
        clock=whole.clock,
        store=store,
        keyring=whole.keyring,
        bus=whole.bus,
        keys=whole.keys,
    )
    store.close()


def administrator(app: App, desk: DeskUnderTest, address: str, password: str) -> Actor:
    """Sign an administrator in, with the code by e-mail."""
    half = sign_in.sign_in(app, address, password, VISITOR)
    actor = sessions.find(app.store, app.clock, sessions.session_id(half.cookie), half=True)
    cookie = email_otp.send(app, actor, "")
    code = system_mail.code(desk.desk.home, address)
    whole = email_otp.verify(app, actor, VISITOR, cookie, code)
    return sessions.find(app.store, app.clock, sessions.session_id(whole.cookie))


def at_once(*work: Callable[[], object]) -> Counter[str]:
    """Do these at the same moment; count the outcomes by their codes."""
    barrier = Barrier(len(work))

    def one(each: Callable[[], object]) -> str:
        barrier.wait()
        try:
            each()
        except ProductError as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(len(work)) as pool:
        return Counter(pool.map(one, work))


def test_an_address_given_an_account_four_times_at_once_has_one(
    app: App, desk: DeskUnderTest
) -> None:
    """However often a form is sent, nobody has two accounts, and no key without an owner is left."""
    admin = administrator(app, desk, *desk.people["administrator"])
    new = NewPerson("linda@example.org", "Linda Holm", "agent")

    outcomes = at_once(*[lambda: people.create(app, admin, new)] * AT_ONCE)

    assert outcomes["done"] == 1
    assert set(outcomes) <= {"done", "user.exists", "store.contended"}
    owners = {d.id for d in app.store.query(Query(USERS, limit=100)).documents}
    keys = desk.documents("keys", "keyring").keys()
    assert {key for key in keys if key.startswith("u_")} <= owners


def test_a_link_used_four_times_at_once_counts_once(app: App, desk: DeskUnderTest) -> None:
    """One of them chose the password, and the link is gone."""
    user_id = ids.derived_id(ids.USER, "demo", desk.people["agent"][0])
    token = one_time_links.new_token()

    def mailed(tx: object) -> None:
        id = one_time_links.write(tx, app, user_id, None, "password_reset", token)  # type: ignore[arg-type]
        tx.update(USERS, user_id, {"link_id": id})  # type: ignore[attr-defined]

    app.store.transact(mailed)
    passwords = [f"a quiet walk by canal {number}" for number in range(AT_ONCE)]

    outcomes = at_once(
        *(
            lambda p=password: own_password.choose(app, VISITOR, "password_reset", token, p)
            for password in passwords
        )
    )

    assert outcomes["done"] == 1
    assert set(outcomes) <= {"done", "link.not_found", "store.contended"}
    assert app.store.get(CHALLENGES, one_time_links.link_id(token)) is None


def test_two_administrators_who_disable_each_other_leave_one(app: App, desk: DeskUnderTest) -> None:
    """Neither sees the other gone, yet the desk is never without one."""
    first = administrator(app, desk, *desk.people["administrator"])
    supervisor = ids.derived_id(ids.USER, "demo", desk.people["supervisor"][0])
    people_changes.set_role(app, first, supervisor, "administrator", 1)
    second = administrator(app, desk, *desk.people["supervisor"])

    outcomes = at_once(
        lambda: people_changes.set_disabled(app, first, second.user_id, True, 2),
        lambda: people_changes.set_disabled(app, second, first.user_id, True, 1),
    )

    assert outcomes["done"] <= 1
    left = [people.load(app.store, actor.user_id) for actor in (first, second)]
    assert not all(user.disabled for user in left)


def test_two_administrators_who_erase_themselves_leave_one(app: App, desk: DeskUnderTest) -> None:
    """Each believes that the other stays, yet the desk is never without one."""
    first = administrator(app, desk, *desk.people["administrator"])
    supervisor = ids.derived_id(ids.USER, "demo", desk.people["supervisor"][0])
    people_changes.set_role(app, first, supervisor, "administrator", 1)
    second = administrator(app, desk, *desk.people["supervisor"])

    outcomes = at_once(
        *(lambda me=actor: erasing.erase_person(app, me, me.user_id) for actor in (first, second))
    )

    assert outcomes["done"] <= 1
    assert set(outcomes) <= {"done", "user.last_administrator", "store.contended"}
    left = [people.load(app.store, actor.user_id) for actor in (first, second)]
    assert not all(user.disabled for user in left)
    begun = app.store.query(Query(erasures.COLLECTION, limit=10)).documents
    assert len(begun) == outcomes["done"]


def test_two_changes_against_one_version_are_one_change(app: App, desk: DeskUnderTest) -> None:
    """Of four who give the same person another role, one succeeds and the others are told."""
    admin = administrator(app, desk, *desk.people["administrator"])
    agent = ids.derived_id(ids.USER, "demo", desk.people["agent"][0])

    outcomes = at_once(
        *(
            lambda r=role: people_changes.set_role(app, admin, agent, r, 1)
            for role in ("viewer", "supervisor", "auditor", "administrator")
        )
    )

    assert outcomes["done"] == 1
    assert set(outcomes) <= {"done", "user.changed_meanwhile", "store.contended"}
    assert people.load(app.store, agent).version == 2
