"""Serves one deployed bundle through the Functions Framework, with a laptop's settings, and asks it once.

    python tests/serve.py FUNCTION FOLDER

FOLDER is where the bundle was unpacked; nothing else of ours is on the path, and nothing is written there.
Prints the status of the first answer, the folders that our modules came from and how many of them were not
compiled, as JSON.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

OURS = frozenset({"functions", "shared", "main"})


def main(function: str, folder: Path) -> int:
    """Serve and ask; returns the exit status."""
    sys.dont_write_bytecode = True
    sys.path = [str(folder), *(path for path in sys.path if path != str(Path(__file__).parent))]

    import functions_framework

    from shared import app
    from shared.settings import Settings

    with tempfile.TemporaryDirectory() as home:
        settings = Settings.for_local_desk(
            Path(home), url="http://127.0.0.1:8080", google="http://localhost:8081"
        )
        app.install(lambda name: app.App(settings, name))
        create_app: Any = functions_framework.create_app  # untyped
        client = create_app(function, str(folder / "main.py"), "http").test_client()
        answer = client.get("/", base_url="http://127.0.0.1:8080")
        folders = {
            str(folder) if Path(path).is_relative_to(folder) else str(Path(path).parent)
            for name, module in list(sys.modules.items())
            if name.partition(".")[0] in OURS and (path := getattr(module, "__file__", None))
        }
        uncompiled = [
            name
            for name, module in sys.modules.items()
            if name.partition(".")[0] in OURS
            and (cached := getattr(module, "__cached__", None))
            and not Path(cached).exists()
        ]
    print(
        json.dumps(
            {"status": answer.status_code, "from": sorted(folders), "uncompiled": uncompiled}
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
