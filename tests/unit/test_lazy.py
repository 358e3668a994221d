"""Modules that wait for their first use run once, for whoever asks, and are ordinary modules afterwards."""

from __future__ import annotations

import importlib
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def run(folder: Path, program: str, **modules: str) -> str:
    """Run a program in a process of its own, where `modules` stand in a folder whose modules wait."""
    package = folder / "waiting"
    package.mkdir()
    (package / "__init__.py").touch()
    for name, source in modules.items():
        (package / f"{name}.py").write_text(textwrap.dedent(source))
    begin = (
        f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(folder)!r}]\n"
        "from shared import lazy\nlazy.FOLDERS = ('waiting.',)\nlazy.install()\nlazy.install()\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", begin + textwrap.dedent(program)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_module_runs_when_it_is_first_used(tmp_path: Path) -> None:
    """Importing it runs nothing; asking for a name of it does, once."""
    printed = run(
        tmp_path,
        """
        from waiting import one
        print(lazy.waits(one), one.__name__)
        print(one.value, one.value, lazy.waits(one))
        """,
        one="print('one runs')\nvalue = 1\n",
    )

    assert printed.split("\n")[:-1] == ["True waiting.one", "one runs", "1 1 False"]


def test_many_threads_see_a_whole_module(tmp_path: Path) -> None:
    """Whoever asks while another thread runs the module waits until all of it is there."""
    printed = run(
        tmp_path,
        """
        import threading
        from waiting import slow
        seen = []
        barrier = threading.Barrier(8)
        def ask():
            barrier.wait()
            seen.append((slow.first, slow.last))
        threads = [threading.Thread(target=ask) for _ in range(8)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        print(sorted(set(seen)), len(seen))
        """,
        slow="import time\nprint('slow runs')\nfirst = 1\ntime.sleep(0.2)\nlast = 2\n",
    )

    assert printed == "slow runs\n[(1, 2)] 8\n"


def test_modules_that_need_each_other_run(tmp_path: Path) -> None:
    """A circle that works because its use comes later works here too."""
    printed = run(
        tmp_path,
        "from waiting import left\nprint(left.both())",
        left="from waiting import right\ndef both(): return right.name()\ndef name(): return 'left'\n",
        right="from waiting import left\nOF = 'right of '\ndef name(): return OF + left.name()\n",
    )

    assert printed == "right of left\n"


def test_a_module_that_failed_is_run_again(tmp_path: Path) -> None:
    """What raised at the first use does not look like an empty module at the second."""
    printed = run(
        tmp_path,
        """
        from waiting import broken
        for _ in range(2):
            try:
                broken.value
            except ValueError as error:
                print(error)
        """,
        broken="raise ValueError('broken')\nvalue = 1\n",
    )

    assert printed == "broken\nbroken\n"


def test_what_waits_in_a_deployment_is_ours() -> None:
    """The folders are packages of ours, and none of them is where a function stands."""
    from shared import lazy

    for folder in lazy.FOLDERS:
        assert folder.endswith(".")
        assert importlib.import_module(folder.rstrip(".")).__file__
