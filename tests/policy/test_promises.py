"""Each promise of the privacy policy is kept: tried through the doors that people and attackers have.

docs/policy.md says which code keeps which promise. What only infrastructure can keep is in
test_infrastructure.py, what is said in public in test_public_policy.py.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import hmac
import json
import re
import ssl
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from shared import network
from shared.audit.events import Action
from shared.keys.contract import APP_KEY
from shared.settings import Settings
from tests.architecture import ROOT, product_files
from tests.desk import BILLING, SUPPORT, DeskUnderTest, mail
from tests.stopped_clock import StoppedClock

READ_AND_SEND = {
    "https://www.googleapis.com/auth/gmail.readonly",
    "https://www.googleapis.com/auth/gmail.send",
}
WHO_IT_IS = {"openid", "email"}

# P01: what each collection is of. Another one needs a line here, and words in the policy if it is new.
COLLECTED = {
    "accounts": {"users", "challenges", "throttle", "views", "saved_replies"},
    "sessions": {"sessions"},
    "mail": {"mailboxes", "sync", "messages", "tickets", "codes", "customers", "bodies"},
    "what was done": {"entries", "accesses", "log", "tiles", "bundles", "checkpoints"},
    "keys": {"keys"},
}


@pytest.fixture
def worked(desk: DeskUnderTest) -> DeskUnderTest:
    """Give a desk at which a mail came in and was read by an agent."""
    desk.connect()
    desk.deliver(mail())
    assert desk.browser("agent").get(body_url(desk)).status_code == 200
    desk.settle()
    return desk


def body_url(desk: DeskUnderTest) -> str:
    """Return where the body of the only message is read."""
    [ticket] = desk.tickets()
    [message] = desk.browser("supervisor").get(f"/api/tickets/{ticket['id']}").json["messages"]
    return str(message["body_url"])


def stored(desk: DeskUnderTest) -> str:
    """Return everything that all databases hold, as one text."""
    return str([list(file.dump()) for file in desk.files.values()])


def asked_of_google(desk: DeskUnderTest) -> dict[str, list[str]]:
    """Return what the page of consent is asked for."""
    started = desk.browser("administrator").send("POST", "/api/oauth/start", {"intent": "add"})
    return parse_qs(urlsplit(started.json["url"]).query)


def test_p01_nothing_else_is_collected(worked: DeskUnderTest) -> None:
    """After mail came in and was read there are accounts, sessions, mail, keys, the log; nothing else."""
    found = {document.collection for file in worked.files.values() for document in file.dump()}

    assert {"users", "sessions", "tickets", "entries"} <= found
    assert found - set().union(*COLLECTED.values()) == set()


def test_p02_no_page_tells_anybody_else(desk: DeskUnderTest) -> None:
    """Whatever a page would load or send elsewhere, the browser is told to refuse."""
    for path in ("/", "/privacy", "/privacy/how", "/help", "/desk/"):
        policy = desk.browser().get(path).headers["Content-Security-Policy"]
        directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
        assert directives["default-src"] == "'none'"
        sources = {source for value in directives.values() for source in value.split()}
        own = {"'self'", "'none'", "blob:", "data:", "'script'"}
        assert {one for one in sources - own if not one.startswith("'sha256-")} == set(), path


GOOGLE = ("googleapis.com", "accounts.google.com", "cloudfunctions.net")
OWN = ("127.0.0.1", "localhost", "desk.example.com", "hooks.example.com")


def hosts(source: str) -> Iterator[str]:
    """Return the hosts that a module's texts name; what documents it is left out."""
    tree = ast.parse(source)
    documented = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node not in documented
        ):
            yield from re.findall(r"https?://([a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+)", node.value)


def test_p03_no_third_party_is_called() -> None:
    """The desk's program names no host but Google's; any other is entered by an administrator."""
    named = {
        (path.relative_to(ROOT).as_posix(), host)
        for path in product_files()
        if path.relative_to(ROOT).parts[0] in ("shared", "functions")
        for host in hosts(path.read_text("utf-8"))
    }

    assert {host for _, host in named} & {"oauth2.googleapis.com", "accounts.google.com"}
    assert {
        (path, host) for path, host in named if not host.endswith(GOOGLE) and host not in OWN
    } == set()
    assert list(hosts("X = 'https://ads.example.org/'")) == ["ads.example.org"]


def test_p04_older_tls_is_not_spoken() -> None:
    """To Google and to mail servers: TLS 1.2 or newer, the peer's name and chain verified."""
    context = network.verifying()

    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def laravel_decrypt(payload: str, key: bytes) -> Any:
    """Open a payload as Laravel's Encrypter does, from its description alone."""
    parts = json.loads(base64.b64decode(payload))
    mac = hmac.new(key, (parts["iv"] + parts["value"]).encode(), hashlib.sha256).hexdigest()
    assert hmac.compare_digest(mac, parts["mac"])
    cipher = Cipher(algorithms.AES256(key), modes.CBC(base64.b64decode(parts["iv"]))).decryptor()
    padded = cipher.update(base64.b64decode(parts["value"])) + cipher.finalize()
    unpadder = padding.PKCS7(128).unpadder()
    return json.loads(unpadder.update(padded) + unpadder.finalize())


def test_p05_tokens_are_stored_as_laravel_encrypts_them(worked: DeskUnderTest) -> None:
    """AES-256-CBC and HMAC under a data key, itself so wrapped under APP_KEY, which no database holds."""
    app_key = worked.app().keys.primary(APP_KEY).value
    [(mailbox_id, mailbox)] = worked.documents("mailboxes").items()
    wrapped = worked.documents("keys", "keyring")[mailbox_id]["wrapped"]

    data_key = base64.b64decode(laravel_decrypt(str(wrapped), app_key)["d"]["key"])
    credential = json.dumps(laravel_decrypt(str(mailbox["credential"]), data_key)["d"])

    assert len(app_key) == len(data_key) == 32
    assert "1//0" in credential  # as Google's refresh tokens begin
    everything = stored(worked)
    for secret in ("1//0", "ya29.", base64.b64encode(app_key).decode(), repr(app_key)[2:-1]):
        assert secret not in everything


def test_p06_passwords_are_bcrypt_hashes(desk: DeskUnderTest) -> None:
    """Of every person; the password itself is nowhere."""
    everything = stored(desk)

    for user in desk.documents("users").values():
        assert re.fullmatch(r"\$2b\$\d\d\$[./A-Za-z0-9]{53}", user["password"]["hash"])
    assert [password for _, password in desk.people.values() if password in everything] == []


def test_p07_roles_guard_what_is_sensitive(worked: DeskUnderTest) -> None:
    """A viewer changes nothing, an agent administers nothing, an auditor reads no mail, a stranger none."""
    [ticket] = worked.tickets()
    path = f"/api/tickets/{ticket['id']}"

    def change(role: str) -> int:
        body = {"state": "open"}
        return worked.browser(role).send("PATCH", path, body, if_match='"1"').status_code

    assert change("viewer") == 403
    assert worked.browser("agent").get("/api/admin/people").status_code == 403
    assert worked.browser("auditor").get(body_url(worked)).status_code in (403, 404)
    assert worked.browser().get(path).status_code == 401


def test_p08_sensitive_operations_are_recorded(worked: DeskUnderTest) -> None:
    """Signing in, connecting, reading, and what was refused; each names who by a pseudonym, no address."""
    assert worked.browser("agent").get("/api/admin/people").status_code == 403
    worked.settle()

    entries = worked.audit()

    assert {entry["action"] for entry in entries} >= {
        Action.SESSION_CREATED,
        Action.MAILBOX_CONNECTED,
        Action.TICKET_CREATED,
        Action.CONTENT_READ,
        Action.PERMISSION_REFUSED,
    }
    assert "@" not in json.dumps(entries)
    people = {e["actor"]["pseudonym"] for e in entries if e["actor"]["type"] == "user"}
    assert all(re.fullmatch("act_[0-9A-Z]{26}", one) for one in people)


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_p09_a_password_is_not_enough_for_administrative_accounts(
    desk: DeskUnderTest, role: str
) -> None:
    """A code by e-mail is asked for, and nothing opens before it is proved."""
    browser = desk.browser()
    email, password = desk.people[role]

    answer = browser.send("POST", "/api/session/", {"email": email, "password": password})

    assert answer.json["needs"] == ["email_otp"]
    assert browser.get("/api/admin/mailboxes").status_code == 401
    desk.prove(browser, role)
    assert browser.get("/api/admin/mailboxes").status_code == 200


def test_p10_google_is_asked_to_let_read_and_send(desk: DeskUnderTest) -> None:
    """Of what opens mail, these two; who consents is known by openid and email."""
    [scope] = asked_of_google(desk)["scope"]

    assert set(scope.split()) == READ_AND_SEND | WHO_IT_IS


def test_p11_content_does_not_stay(worked: DeskUnderTest) -> None:
    """Nothing readable is stored; the sealed copy of a body is deleted within a day of its arrival."""
    assert isinstance(worked.clock, StoppedClock)
    everything = stored(worked)
    for words in ("printer", "Please send", "nora@customers", "Nora Lind"):
        assert words not in everything
    [body] = worked.documents("bodies").values()
    ends = next(value for name, value in body.items() if name.startswith("expire"))
    assert (ends - worked.clock.now()).total_seconds() <= 24 * 3600


def test_p16_only_who_belongs_to_a_mailbox_reads_it(desk: DeskUnderTest) -> None:
    """An administrator who does not belong to it does not, and finds no ticket there."""
    desk.connect(BILLING, "supervisor")
    desk.deliver(mail(to=BILLING), to=BILLING)
    url = body_url(desk)

    assert desk.browser("administrator").get(url).status_code == 404
    assert desk.browser("agent").get(url).status_code == 404
    assert desk.browser("supervisor").get(url).status_code == 200


def test_p17_a_grant_that_is_not_what_was_disclosed_is_refused(desk: DeskUnderTest) -> None:
    """What was asked for is not widened by earlier grants; where less was granted, nothing is kept."""
    assert asked_of_google(desk)["include_granted_scopes"] == ["false"]
    desk.sandbox.add_account(SUPPORT, "Support", hd="example.com")
    less = {scope for scope in READ_AND_SEND | WHO_IT_IS if not scope.endswith("gmail.send")}

    landed = desk.browser("administrator").consent(desk.sandbox, SUPPORT, scopes=sorted(less))

    assert "connected=" not in landed.headers["Location"]
    assert desk.documents("mailboxes") == {}


def test_p18_nobody_reads_without_a_trace(worked: DeskUnderTest) -> None:
    """Each person's reading is in the log, with who and which ticket; not what was read."""
    [ticket] = worked.tickets()

    reads = [entry for entry in worked.audit() if entry["action"] == "content.read"]

    assert [entry["target"]["id"] for entry in reads] == [ticket["id"]]
    assert reads[0]["actor"]["type"] == "user"
    assert "printer" not in json.dumps(reads)


def test_p19_people_see_and_correct_what_is_held_on_them(desk: DeskUnderTest) -> None:
    """Who works here does it by themselves, under their own session alone."""
    browser = desk.browser("agent")
    before = browser.get("/api/account/profile").json

    changed = browser.send("PATCH", "/api/account/profile", {"name": "Nora"}, if_match='"1"')

    assert before["email"] == desk.people["agent"][0]
    assert changed.json["name"] == "Nora"
    assert desk.browser().get("/api/account/profile").status_code == 401


def test_p20_no_deployment_is_without_a_contact(desk: DeskUnderTest) -> None:
    """It stands on the page, and a production without it does not start."""
    assert "mailto:privacy@example.com" in desk.browser().get("/privacy").text
    with pytest.raises(Exception, match="CMO_PRIVACY_CONTACT"):
        Settings.from_environment({})


def test_each_kind_is_named_once() -> None:
    """The table of what is collected has no collection twice."""
    everything: list[str] = [name for names in COLLECTED.values() for name in names]
    assert len(everything) == len(set(everything))
