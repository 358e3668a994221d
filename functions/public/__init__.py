"""HTTP function `public`, served at /: pages for anybody and for customers, which need no script."""

from __future__ import annotations

from typing import Final

from shared.entry import Routes

# The modules that serve what stands under the first segment of a path: the others wait.
PARTS: Final = {
    "": ("pages",),
    "api": ("pages",),
    "data": ("own_data",),
    "help": ("pages",),
    "privacy": ("pages",),
    "satisfaction": ("ratings",),
}

routes = Routes(__name__, PARTS)
public = routes.function()
