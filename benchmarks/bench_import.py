"""How long a user waits before anything happens: the import, and the help of the command line."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any


def seconds(*arguments: str, repeats: int = 7) -> float:
    """Best wall time of a fresh interpreter [s]."""
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
        best = min(best, time.perf_counter() - start)
    return best


def run() -> list[dict[str, Any]]:
    peer = seconds("-W", "ignore", "-c", "import tespy.networks", repeats=2)
    return [
        {
            "name": "import brayton",
            "value": seconds("-c", "import brayton"),
            "unit": "s",
            "target": 0.25,
            "peer": "import tespy.networks",
            "peer_value": peer,
            "note": "with the interpreter's own start",
        },
        {"name": "brayton --help", "value": seconds("-m", "brayton", "--help"), "unit": "s", "target": 0.5},
    ]
