"""What is good once is good once on Firestore too, whose transactions meet instead of queueing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from local import system_mail
from shared.app import App
from shared.auth import sessions, totp
from shared.auth.visitor import Visitor
from shared.domain.people import CHALLENGES, FACTORS, SESSIONS, USERS
from shared.errors import ProductError
from shared.permissions import Actor
from shared.services.accounts import authenticators, email_otp, recovery_codes, sign_in
from shared.services.accounts.sign_in import SignedIn
from shared.store.firestore import FirestoreStore
from tests.contract.emulators import FirestoreEmulator
from tests.desk import DeskUnderTest
from tests.stopped_clock import StoppedClock

PROJECT = "demo-factors"
VISITOR = Visitor("192.0.2.0/24", "Firefox on Linux")
AT_ONCE = 4


@pytest.fixture
def app(desk: DeskUnderTest, firestore_emulator: FirestoreEmulator) -> Iterator[App]:
    """Give the desk's people and keys, with Firestore as the store."""
    firestore_emulator.reset(PROJECT, "(default)")
    store = FirestoreStore(PROJECT, "(default)", emulator=firestore_emulator.address)
    for id, user in desk.documents(USERS).items():
        store.transact(lambda tx, at=id, user=user: tx.create(USERS, at, user))  # type: ignore[misc]
    whole = desk.app()
    yield App(
        whole.settings,
        "session",
        clock=whole.clock,
        store=store,
        keyring=whole.keyring,
        bus=whole.bus,
        keys=whole.keys,
    )
    store.close()


def with_password(app: App, desk: DeskUnderTest, role: str = "administrator") -> Actor:
    """Give the password; return who is signed in, half or wholly."""
    signed_in = sign_in.sign_in(app, *desk.people[role], VISITOR)
    return actor_of(app, signed_in)


def actor_of(app: App, signed_in: SignedIn) -> Actor:
    """Return who a session belongs to."""
    return sessions.find(app.store, app.clock, sessions.session_id(signed_in.cookie), half=True)


def at_once(work: Callable[[int], object]) -> Counter[str]:
    """Do four things at the same moment; count the outcomes by their codes."""
    barrier = Barrier(AT_ONCE)

    def one(number: int) -> str:
        barrier.wait()
        try:
            work(number)
        except ProductError as error:
            return error.code
        return "proved"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(one, range(AT_ONCE)))


def test_wrong_codes_at_once_are_each_counted(app: App, desk: DeskUnderTest) -> None:
    """Whatever meets, five codes are compared and no sixth; what lost its race was not compared."""
    actor = with_password(app, desk)
    cookie = email_otp.send(app, actor, "")
    outcomes: Counter[str] = Counter()

    while not outcomes["factor.challenge_over"]:
        outcomes += at_once(lambda _: email_otp.verify(app, actor, VISITOR, cookie, "no code"))

    [challenge] = [app.store.get(CHALLENGES, email_otp.challenge_id(cookie))]
    assert challenge is not None
    assert outcomes["factor.wrong_code"] == challenge.data["tries"] == 5


def test_a_right_code_at_once_opens_one_session(app: App, desk: DeskUnderTest) -> None:
    """Of four browsers with the same cookies, one gets in."""
    actor = with_password(app, desk)
    cookie = email_otp.send(app, actor, "")
    code = system_mail.code(desk.desk.home, desk.people["administrator"][0])

    outcomes = at_once(lambda _: email_otp.verify(app, actor, VISITOR, cookie, code))

    assert outcomes["proved"] == 1
    assert app.store.get(SESSIONS, actor.session_id) is None


def test_a_code_of_an_authenticator_at_once_counts_once(app: App, desk: DeskUnderTest) -> None:
    """Of four half-signed-in browsers with the same code, one gets in."""
    owner = with_password(app, desk, "agent")
    secret = authenticators.begin(app, owner).secret
    step = int(app.clock.now().timestamp()) // totp.STEP_SECONDS
    authenticators.confirm(app, owner, totp.code_at(secret, step))
    assert isinstance(app.clock, StoppedClock)
    app.clock.advance(totp.STEP_SECONDS)
    halves = [with_password(app, desk, "agent") for _ in range(AT_ONCE)]
    code = totp.code_at(secret, step + 1)

    outcomes = at_once(lambda n: authenticators.verify(app, halves[n], VISITOR, code))

    assert outcomes["proved"] == 1


def test_a_recovery_code_at_once_counts_once(app: App, desk: DeskUnderTest) -> None:
    """Of four half-signed-in browsers with the same code, one gets in, and nine codes are left."""
    actor = with_password(app, desk)
    cookie = email_otp.send(app, actor, "")
    code = system_mail.code(desk.desk.home, desk.people["administrator"][0])
    owner = actor_of(app, email_otp.verify(app, actor, VISITOR, cookie, code))
    codes = recovery_codes.replace(app, owner)
    halves = [with_password(app, desk) for _ in range(AT_ONCE)]

    outcomes = at_once(lambda n: recovery_codes.verify(app, halves[n], VISITOR, codes[0]))

    assert outcomes["proved"] == 1
    kept = app.store.get(FACTORS, recovery_codes.factor_id(owner.user_id))
    assert kept is not None
    assert len(kept.data["hashes"]) == 9  # type: ignore[arg-type]
