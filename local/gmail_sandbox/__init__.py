"""A local Gmail: Google's OAuth, Gmail's API and the push path, as strict as the real ones."""

from .config import SandboxConfig
from .sandbox import Sandbox

__all__ = ["Sandbox", "SandboxConfig"]
