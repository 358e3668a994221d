"""`python -m local.gmail_sandbox --config FILE.json`: the sandbox as a process of its own."""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from . import Sandbox, SandboxConfig

_LOOK_SECONDS = 0.1


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; print `sandbox ready <url>` once it answers.

    With `--with-parent` it also ends when the process that started it dies, so that a desk which was
    killed finds its port free when it starts again.
    """
    parser = argparse.ArgumentParser(prog="python -m local.gmail_sandbox", description=main.__doc__)
    parser.add_argument("--config", type=Path, required=True, help="JSON: see SandboxConfig")
    parser.add_argument("--with-parent", action="store_true", help="end when the parent dies")
    options = parser.parse_args(arguments)
    parent = os.getppid()
    try:
        config = SandboxConfig.from_file(options.config)
        sandbox = Sandbox(config)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return 2
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    sandbox.start()
    print(f"sandbox ready {sandbox.url}", flush=True)
    while not stop.wait(_LOOK_SECONDS):
        if options.with_parent and os.getppid() != parent:
            break
    sandbox.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
