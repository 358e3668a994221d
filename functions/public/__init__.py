"""HTTP function `public`, served at /: pages for anybody and for customers, which need no script."""

from __future__ import annotations

from functions.public import own_data, pages, ratings
from shared.entry import Routes

routes = Routes(__name__)
for part in (own_data, pages, ratings):
    routes.routes += part.routes.routes

public = routes.function()
