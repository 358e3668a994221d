"""`python -m tools.doctor`."""

from __future__ import annotations

import sys

from tools import doctor

sys.exit(doctor.main())
