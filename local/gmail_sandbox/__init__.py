"""A local Gmail: Google's OAuth, Gmail's API and the push path, as strict as the real ones.

In a test, in-process on a port of its own:

    sandbox = Sandbox(SandboxConfig(path=None, control_token="...", push_url=None, ...))
    sandbox.add_account("support@example.com", "Support")
    sandbox.start()
    sandbox.deliver("support@example.com", raw)
    sandbox.settle(timeout=5)
    sandbox.stop()

As a process: `python -m local.gmail_sandbox --config FILE.json`. What `Sandbox` offers as methods
is served at POST /__ctl/<method> too, with a JSON object of the same arguments (`raw` in base64),
`Authorization: Bearer <control token>` and no Origin.

The API is used by the real google-api-python-client: set `rootUrl` of the static discovery
document gmail.v1.json to `Sandbox.url` + "/" and use build_from_document. Of what Gmail has, the
following is not here: writing other than messages.send (403 for a grant without the scope, else
501) and settings other than the list of send-as addresses.
"""

from .config import SandboxConfig
from .sandbox import Sandbox

__all__ = ["Sandbox", "SandboxConfig"]
