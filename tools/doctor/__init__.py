"""Looks a deployment over, or the desk on this machine, and says of each fault what to do about it.

    make doctor                              the local desk, which has to run
    make doctor ENVIRONMENT=prod             a deployment, with its tfvars
    python -m tools.doctor                   a deployment, with its CMO_* variables in the environment

It changes nothing. It reads some documents of each database, every secret that a function reads (a value is
measured, never shown), and asks Google for a token of each mailbox. Exit status 1 where anything is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from shared.app import App
from shared.errors import ProductError
from shared.settings import Settings, SettingsError
from tools.doctor import desk, mailboxes
from tools.doctor.finding import Finding, fault, fine
from tools.doctor.outside import Outside, TheInternet

Check = Callable[[App, Outside], Iterator[Finding]]

# In the order in which a fault explains those after it.
CHECKS: tuple[Check, ...] = (
    desk.clock,
    desk.secrets,
    desk.databases,
    desk.indexes,
    desk.topic,
    desk.site,
    desk.administrators,
    desk.mail_server,
    desk.outbox,
    desk.dead_letters,
    mailboxes.mailboxes,
)


def main(app: App | None = None, outside: Outside | None = None) -> int:
    """Print a line a finding; returns the exit status. `app` is a local desk's operator."""
    if app is None:
        print("needs: a network, CMO_* settings, and credentials that may read what is checked")
        try:
            app = App(Settings.from_environment(), "doctor")
        except SettingsError as error:
            for problem in error.problems:
                print(fault("settings", problem, "terraform output settings"))
            return 1
    findings = list(examine(app, outside or TheInternet(app.settings)))
    for finding in findings:
        print(finding)
    wrong = sum(finding.wrong for finding in findings)
    print(f"{len(findings) - wrong} as they should be, {wrong} to be mended")
    return 1 if wrong else 0


def examine(app: App, outside: Outside) -> Iterator[Finding]:
    """Yield what every check finds. A check that cannot be made is a fault of its own, and ends no other."""
    yield fine("settings", "complete")
    for check in CHECKS:
        try:
            yield from check(app, outside)
        except ProductError as error:
            yield fault(
                check.__name__, f"could not be checked: {error.code}", "see the faults above"
            )
        except Exception as error:  # noqa: BLE001 - of whatever library: its text may quote anything
            kind = type(error).__name__
            yield fault(check.__name__, f"could not be checked: {kind}", "see the faults above")
