"""The paper simulator: issued papers are printed, signed, handled and scanned, the truth beside.

``scan_papers`` takes what ``paperloop generate --json`` prints and writes scans with
``truth.jsonl``; the same from the command line: ``python -m tests.simulator --help``.
"""

from tests.simulator.damage import PROFILES, Profile, harsher
from tests.simulator.filling import Marking
from tests.simulator.forgery import KINDS, NEAR_TWINS, Forged, Order
from tests.simulator.pens import HANDS, HELD_OUT_HANDS
from tests.simulator.scanning import TRUTH, TURNS, TruthPage, scan_papers
from tests.simulator.signatures import STYLES
from tests.simulator.stack import FORMATS
from tests.simulator.traps import TRAPS

__all__ = [
    "FORMATS", "HANDS", "HELD_OUT_HANDS", "KINDS", "NEAR_TWINS", "PROFILES", "STYLES", "TRAPS",
    "TRUTH", "TURNS", "Forged", "Marking", "Order", "Profile", "TruthPage", "harsher",
    "scan_papers",
]  # fmt: skip
