"""A reply handed over by SMTP: once, to all or to nobody, and the outcome is never guessed."""

from __future__ import annotations

import email
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.smtp import client as smtp_client
from shared.smtp import submission
from shared.smtp.client import SmtpClient
from shared.smtp.contract import (
    NotSubmitted,
    SmtpServer,
    SubmitError,
    SubmitRefused,
    SubmitUnknown,
)
from shared.smtp.folder import FolderSmtp
from shared.smtp.transmission import as_data, without_bcc
from tests.stopped_clock import StoppedClock
from tests.unit.smtp.scripted_server import CLOSE, HANG, HOST, PORT, TRICKLE, scripted_server

SENDER = "support@example.com"
NORA, OMAR = "nora@example.net", "omar@example.net"
FIELDS = b"From: support@example.com\r\nTo: nora@example.net\r\n"
RAW = FIELDS + b"Bcc: omar@example.net\r\nSubject: Hi\r\n\r\nText\r\n"


def submit(
    folder: Path, recipients: tuple[str, ...] = (NORA,), raw: bytes = RAW, **script: str
) -> Any:
    """Hand a mail to a server with this script; return the server and what was raised."""
    with scripted_server(folder, **script) as (server, trust):
        configured = SmtpServer(HOST, PORT, "tls", SENDER, "desk", "right")
        client = SmtpClient(
            lambda: configured, private_allowed=True, trust=trust, submit_seconds=1.0
        )
        raised: SubmitError | None = None
        try:
            client.submit(raw, SENDER, recipients)
        except SubmitError as error:
            raised = error
    return server, raised


def test_an_accepted_mail_reached_every_recipient(tmp_path):
    """One connection, one DATA, the envelope's recipients, and no Bcc among the fields."""
    server, raised = submit(tmp_path, (NORA, OMAR))

    assert raised is None
    assert server.connections == 1
    assert [c for c in server.commands if c.startswith(("mail", "rcpt", "DATA"))] == [
        f"mail FROM:<{SENDER}> SIZE={len(server.mails[0])}",
        f"rcpt TO:<{NORA}>",
        f"rcpt TO:<{OMAR}>",
        "DATA",
    ]
    assert server.mails == [RAW.replace(b"Bcc: omar@example.net\r\n", b"")]


@pytest.mark.parametrize(
    ("script", "kind", "reason"),
    [
        ({"connect": CLOSE}, NotSubmitted, "not_reached"),
        ({"connect": "554 go away"}, NotSubmitted, "not_reached"),
        ({"connect": HANG}, NotSubmitted, "not_reached"),
        ({"connect": TRICKLE}, NotSubmitted, "not_reached"),
        ({"EHLO": CLOSE}, NotSubmitted, "not_reached"),
        ({"EHLO": "250-here\r\n250 SIZE 1000000"}, SubmitRefused, "tls_not_offered"),
        ({"AUTH": "535 wrong"}, SubmitRefused, "credentials"),
        ({"AUTH": "454 later"}, NotSubmitted, "not_reached"),
        ({"AUTH": CLOSE}, NotSubmitted, "not_reached"),
        ({"EHLO": "250-here\r\n250-SIZE 20\r\n250 AUTH PLAIN"}, SubmitRefused, "too_large"),
        ({"MAIL": CLOSE}, NotSubmitted, "broken_off"),
        ({"MAIL": HANG}, NotSubmitted, "broken_off"),
        ({"MAIL": "451 later"}, NotSubmitted, "sender"),
        ({"MAIL": "550 you may not"}, SubmitRefused, "sender"),
        ({"MAIL": "552 too big"}, SubmitRefused, "too_large"),
        ({"MAIL": "530 sign in first"}, SubmitRefused, "credentials"),
        ({"MAIL": "nonsense"}, NotSubmitted, "sender"),
        ({"RCPT": "550 no such user"}, SubmitRefused, "recipients"),
        ({"RCPT": "450 grey"}, NotSubmitted, "recipients"),
        ({"RCPT": CLOSE}, NotSubmitted, "broken_off"),
        ({"DATA": "451 later"}, NotSubmitted, "message"),
        ({"DATA": "554 never"}, SubmitRefused, "message"),
        ({"DATA": CLOSE}, NotSubmitted, "broken_off"),
        ({"end": "451 later"}, NotSubmitted, "message"),
        ({"end": "421 closing"}, NotSubmitted, "message"),
        ({"end": "550 spam"}, SubmitRefused, "message"),
        ({"end": "552 too big"}, SubmitRefused, "too_large"),
        ({"end": CLOSE}, SubmitUnknown, "no_answer"),
        ({"end": HANG}, SubmitUnknown, "no_answer"),
        ({"end": TRICKLE}, SubmitUnknown, "no_answer"),
        ({"end": "nonsense"}, SubmitUnknown, "no_answer"),
        ({"end": "354 more?"}, SubmitUnknown, "no_answer"),
    ],
)
def test_what_breaks_where_decides_what_is_known(tmp_path, script, kind, reason):
    """Before the end of DATA nothing was sent; after it only the server's answer says."""
    server, raised = submit(tmp_path, **script)

    assert type(raised) is kind
    assert raised.reason == reason
    assert server.connections == 1
    assert len(server.mails) == ("end" in script)


@pytest.mark.parametrize("goodbye", [CLOSE, HANG, "500 what"])
def test_a_rude_goodbye_takes_no_acceptance_back(tmp_path, goodbye):
    """What follows the answer to DATA changes nothing: the mail is sent."""
    server, raised = submit(tmp_path, QUIT=goodbye)

    assert raised is None
    assert len(server.mails) == 1


def test_a_line_that_breaks_in_the_middle_leaves_no_mail(tmp_path):
    """The server closes while the text is still coming: it has no whole mail, and nothing was sent."""
    large = RAW + b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 10_000

    server, raised = submit(tmp_path, raw=large, middle=CLOSE)

    # Where the last bytes were still taken by the line, the outcome is unknown, never accepted.
    assert isinstance(raised, NotSubmitted | SubmitUnknown)
    assert server.mails == []


def test_one_refused_recipient_holds_the_mail_back_from_all(tmp_path):
    """The person who wrote it learns which address is wrong; nobody gets it twice afterwards."""
    server, raised = submit(
        tmp_path, (NORA, OMAR), **{f"RCPT TO:<{OMAR}>".upper(): "550 no such user omar"}
    )

    assert isinstance(raised, SubmitRefused)
    assert (raised.reason, raised.recipients) == ("recipients", (OMAR,))
    assert server.mails == []
    assert "omar" not in str(raised)


def test_of_a_refused_and_a_late_recipient_the_refused_one_is_told(tmp_path):
    """A refusal does not pass, so waiting for the other would not help."""
    script = {
        f"RCPT TO:<{NORA}>".upper(): "450 grey",
        f"RCPT TO:<{OMAR}>".upper(): "550 no",
    }

    _, raised = submit(tmp_path, (NORA, OMAR), **script)

    assert isinstance(raised, SubmitRefused)
    assert raised.recipients == (OMAR,)


def test_nobody_listening_is_not_now(tmp_path):
    """A server that is down gets the mail later."""
    with scripted_server(tmp_path) as (_, trust):
        pass
    configured = SmtpServer(HOST, PORT, "tls", SENDER)
    client = SmtpClient(lambda: configured, private_allowed=True, trust=trust)

    with pytest.raises(NotSubmitted, match=r"^not_reached$"):
        client.submit(RAW, SENDER, [NORA])


def test_a_server_that_cannot_prove_its_name_gets_nothing(tmp_path):
    """Only a person can mend that: the mail is refused, and no password was told."""
    with scripted_server(tmp_path) as (server, _):
        configured = SmtpServer(HOST, PORT, "tls", SENDER, "desk", "right")
        client = SmtpClient(lambda: configured, private_allowed=True)

        with pytest.raises(SubmitRefused, match=r"^certificate$"):
            client.submit(RAW, SENDER, [NORA])

    assert server.commands == []


def test_a_private_address_and_no_server_at_all_are_refused():
    """Neither mends itself."""
    configured = SmtpServer(HOST, PORT, "tls", SENDER)

    with pytest.raises(SubmitRefused, match=r"^private_address$"):
        SmtpClient(lambda: configured).submit(RAW, SENDER, [NORA])
    with pytest.raises(SubmitRefused, match=r"^not_configured$"):
        SmtpClient(lambda: None).submit(RAW, SENDER, [NORA])


@pytest.mark.parametrize(
    "address",
    ["", "nora", "a@b@c", "nora@example.net\r\nRCPT TO:<x@example.org>", "<n@example.net>",
     "n n@example.net", "nörа@example.net"],
)  # fmt: skip
def test_what_is_no_address_goes_nowhere(tmp_path, address):
    """No command can be smuggled in, and the local folder is no more permissive."""
    for smtp in (SmtpClient(lambda: None), FolderSmtp(tmp_path / "mail", StoppedClock())):
        for sender, recipients in ((address, [NORA]), (SENDER, [NORA, address]), (SENDER, [])):
            with pytest.raises(SubmitRefused, match=r"^address$"):
                smtp.submit(RAW, sender, recipients)
    assert not (tmp_path / "mail").exists()


def test_the_local_folder_keeps_what_was_handed_over(tmp_path):
    """The envelope stands in front of the mail, which has lost its Bcc."""
    FolderSmtp(tmp_path, StoppedClock()).submit(RAW, SENDER, [NORA, OMAR])

    [path] = (tmp_path / "submitted").iterdir()
    mail = email.message_from_bytes(path.read_bytes())
    assert mail["X-Envelope-To"] == f"{NORA}, {OMAR}"
    assert mail["Bcc"] is None
    assert mail.get_payload().strip() == "Text"


@given(st.lists(st.sampled_from([b".", b"..", b"", b"a", b".a", b"Bcc: x", b"\r", b"x\n.y"])))
def test_the_text_arrives_as_it_was_written(lines):
    """A line with a dot neither ends the mail nor changes."""
    body = b"\r\n".join(lines) + b"\r\n"
    raw = b"Subject: Hi\r\n\r\n" + body

    sent = as_data(raw)

    assert b"\r\n.\r\n" not in sent
    undone = b"".join(
        line[1:] if line.startswith(b".") else line for line in sent.splitlines(keepends=True)
    )
    assert undone == raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")


@pytest.mark.parametrize(
    "field",
    [b"Bcc: a@example.net", b"BCC : a@example.net,\r\n b@example.net,\r\n\tc@example.net", b"bcc:"],
)
def test_a_blind_copy_is_blind(field):
    """The field goes with its folded lines, in any spelling, and nothing else goes."""
    raw = (
        b"To: n@example.net\r\n"
        + field
        + b"\r\nX-Bcc: stays\r\nSubject: Hi\r\n\r\nBcc: in the text\r\n"
    )

    assert without_bcc(raw) == (
        b"To: n@example.net\r\nX-Bcc: stays\r\nSubject: Hi\r\n\r\nBcc: in the text\r\n"
    )


def test_the_deadlines_fit_into_a_function():
    """Everything ends before Pub/Sub delivers the event again."""
    assert submission.ANSWER_SECONDS < smtp_client.SUBMIT_SECONDS < 540
