"""What the Functions Framework loads in each process of an emulated desk: the deployed source, another App.

In the cloud the framework loads main.py, where each function finds the App of its environment. Here the
App comes from CMO_HOME; everything else is main.py's.
"""

from __future__ import annotations

import main
from local import home as homes
from local.emulated.apps import Addresses, EmulatedApp, build
from shared import app as composition


def _app(function: str) -> EmulatedApp:
    home = homes.find()
    addresses = Addresses.read(home)
    if addresses is None:
        raise homes.NoDesk(f"no emulated desk is running in {home}")
    return build(home, addresses, function)


composition.install(_app)
__getattr__ = main.__getattr__
