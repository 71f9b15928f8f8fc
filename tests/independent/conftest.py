"""Paths of the second implementation and of the drawn-table helpers."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "metrics")]
