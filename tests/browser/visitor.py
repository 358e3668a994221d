"""A person at the desk's page: signs in, and watches what the browser does on its own."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from tests.path.running import Running


class Visitor:
    """One window. `requested` are the origins asked, `complaints` what the console said."""

    def __init__(self, context: BrowserContext, running: Running) -> None:
        self._running = running
        self.url = f"http://127.0.0.1:{running.port}"
        self.page: Page = context.new_page()
        self.requested: set[str] = set()
        self.complaints: list[str] = []
        self.dialogs: list[str] = []
        self.page.on("request", lambda request: self.requested.add(_origin(request.url)))
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.dialogs.append("dialog"), dialog.dismiss()))

    def _listen(self, line: ConsoleMessage) -> None:
        if line.type in ("error", "warning"):
            self.complaints.append(line.text)

    def sign_in(self, role: str) -> None:
        """Sign in at the desk; where a code is asked for, take it from the system mail."""
        people = json.loads((self._running.home / "demo.json").read_text("utf-8"))
        address, password = people[role]
        self.page.goto(f"{self.url}/desk/")
        self.page.get_by_label("E-mail").fill(address)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        signed_in = self.page.get_by_role("button", name="Sign out")
        sent = self.page.get_by_text("A code was sent to your address")
        signed_in.or_(sent).wait_for()
        if sent.is_visible():
            mail = self._running.local("mail", address).stdout
            code = next(word for word in mail.split() if word.isdigit() and len(word) == 8)
            self.page.get_by_label("Code").fill(code)
            self.page.get_by_role("button", name="Continue").click()
            signed_in.wait_for()

    def ask(self, path: str) -> object:
        """Fetch JSON from the desk, as its page does."""
        return self.page.evaluate("path => fetch(path).then(answer => answer.json())", path)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
