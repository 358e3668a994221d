"""HTTP function `content`, served at /api/content: bodies and attachments, read from Gmail.

Alone because it holds mailboxes' tokens. Mail is hostile: HTML leaves only sanitised, in a document
that may run nothing and load nothing but our own images, and only into a frame.
"""

from __future__ import annotations

from typing import Final

from shared.entry import Routes

# The modules that serve what stands under the first segment of a path: the others wait.
PARTS: Final = {
    "attachments": ("messages",),
    "images": ("messages",),
    "mailboxes": ("senders",),
    "messages": ("messages",),
    "search": ("search",),
    "tickets": ("messages",),
}

routes = Routes(__name__, PARTS)
content = routes.function()
