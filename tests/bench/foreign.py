"""Damage by another generator than our own simulator: Augraphy's, made once and committed.

``tests/bench/augraphy`` holds the JPEGs, the registry that issued the papers (ids follow from its
secret) and the truth; ``augraphy_set`` made it.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.bench import workspaces
from tests.bench.judging import identified, judge, printed, same
from tests.bench.measure import NONE, Row, share_of
from tests.bench.setting import Setting
from tests.simulator import TruthPage

SET = Path(__file__).parent / "augraphy"
REGISTRY = "registry.db"
TRUTH = "truth.json"
PROFILE = "augraphy"


def measure(setting: Setting) -> list[Row]:
    """Take the committed pages in and compare with their truth."""
    office = workspaces.new(setting.folder / PROFILE)
    output = office.root / "output"
    output.mkdir()
    shutil.copy(SET / REGISTRY, output / REGISTRY)
    office.inbox.mkdir()
    for scan in sorted(SET.glob("*.jpg")):
        shutil.copy(scan, office.inbox / scan.name)
    known = json.loads((SET / TRUTH).read_text(encoding="utf-8"))
    truth = [TruthPage(**{**page, "marks": (), "forged": ()}) for page in known["pages"]]
    said = setting.take_in(office)
    judged = judge(known["papers"], truth, said)
    setting.note(PROFILE, [one for one in judged if not one.accepted])
    seen = identified(truth, said)
    values = [
        (one.said_of(field).get("value"), words)
        for one in judged
        for field, words in printed(one.paper).items()
    ]
    wrong = [value is not None and not same(value, words) for value, words in values]
    return [
        share_of("pages identified", PROFILE, [one is True for one in seen]),
        share_of("pages identified wrongly", PROFILE, [one is False for one in seen], NONE),
        share_of("papers through", PROFILE, [one.accepted for one in judged]),
        share_of("fields right", PROFILE, [same(*pair) for pair in values]),
        share_of("fields wrong, nobody told", PROFILE, wrong, NONE),
    ]
