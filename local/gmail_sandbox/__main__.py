"""`python -m local.gmail_sandbox --config FILE.json`: the sandbox as a process of its own."""

import argparse
import signal
import sys
import threading
from pathlib import Path

from . import Sandbox, SandboxConfig


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; print `sandbox ready <url>` once it answers."""
    parser = argparse.ArgumentParser(prog="python -m local.gmail_sandbox", description=main.__doc__)
    parser.add_argument("--config", type=Path, required=True, help="JSON: see SandboxConfig")
    try:
        config = SandboxConfig.from_file(parser.parse_args(arguments).config)
        sandbox = Sandbox(config)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return 2
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    sandbox.start()
    print(f"sandbox ready {sandbox.url}", flush=True)
    stop.wait()
    sandbox.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
