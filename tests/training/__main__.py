"""``python -m tests.training``: draw lines of writing, learn to read them, write the weights.

Nothing that the benches read is learnt from: neither their hands (``pens.HELD_OUT_HANDS``) nor
anybody's real figures. An hour on one core; see ``requirements.txt`` for what it needs besides.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from time import perf_counter
from typing import Any

import click
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader

from pipeline.pens import script
from tests.simulator.dice import dice
from tests.training.strips import batch, strip

SEED = 1
LINES = 32  # in one batch
ALIKE = 4  # so many batches' lines are drawn at once and sorted, so that each has like widths
RATE = 2e-3
# Kernels: out, down, across, how far apart; pooled as script does.
LAYERS = ((16, 3, 3), (32, 3, 3), (48, 3, 3), (56, 3, 3), (80, 4, 3), (64, 1, 7))
"""Out, down and across of each layer; the last one, of one column, tells the characters."""


def network() -> nn.Sequential:
    """What ``pipeline.pens.script`` runs, to be trained."""
    parts: list[nn.Module] = []
    before = 1
    for number, (out, down, across) in enumerate(LAYERS):
        above = 0 if down in (1, 4) else down // 2
        parts += [
            nn.Conv2d(before, out, (down, across), padding=(above, across // 2)),
            nn.BatchNorm2d(out),
            nn.ReLU(),
        ]
        if number < len(script.POOLS):
            parts.append(nn.MaxPool2d(script.POOLS[number]))
        before = out
    return nn.Sequential(*parts, nn.Dropout(0.1), nn.Conv2d(before, script.NOTHING + 1, 1))


class Rounds:
    """Batches of drawn lines, ALIKE of them a round; the same ones for the same seed."""

    def __init__(self, seed: int, rounds: int) -> None:
        self.seed, self.rounds = seed, rounds

    def __len__(self) -> int:
        return self.rounds

    def __getitem__(self, number: int) -> list[tuple[Any, list[str]]]:
        rngs = [dice(self.seed, "line", number, place) for place in range(ALIKE * LINES)]
        drawn = sorted((strip(rng) for rng in rngs), key=lambda one: one[0].shape[1])
        found = []
        for first in dice(self.seed, "order", number).permutation(ALIKE):
            pictures, texts = batch(drawn[LINES * first : LINES * (first + 1)])
            found.append((torch.from_numpy(pictures), texts))
        return found


def loss_of(net: nn.Module, pictures: Any, texts: list[str]) -> Any:
    """Connectionist temporal classification (Graves et al. 2006)."""
    pictures = pictures.to(memory_format=torch.channels_last)
    with torch.autocast("cpu", dtype=torch.bfloat16):  # twice as fast
        found = net(pictures)
    scores = found.float()[:, :, 0].permute(2, 0, 1).log_softmax(2)
    targets = torch.tensor([script.CHARACTERS.index(c) for text in texts for c in text])
    lengths = torch.full((len(texts),), len(scores))
    wanted = torch.tensor([len(text) for text in texts])
    return nn.functional.ctc_loss(
        scores, targets, lengths, wanted, blank=script.NOTHING, zero_infinity=True
    )


def save(net: nn.Sequential, path: Path) -> None:
    """The kernels, each with its normalisation folded in, as half-precision numbers."""
    stored: dict[str, Any] = {}
    parts = list(net)
    for place, part in enumerate(parts):
        if not isinstance(part, nn.Conv2d):
            continue
        kernel, bias = part.weight.detach(), part.bias.detach()
        if place + 1 < len(parts) and isinstance(norm := parts[place + 1], nn.BatchNorm2d):
            factor = norm.weight.detach() / (norm.running_var + norm.eps).sqrt()
            kernel = kernel * factor[:, None, None, None]
            bias = (bias - norm.running_mean) * factor + norm.bias.detach()
        number = len(stored) // 2
        stored[f"kernel{number}"] = kernel.numpy().astype(np.float16)
        stored[f"bias{number}"] = bias.numpy().astype(np.float16)
    np.savez_compressed(path, **stored)


@click.command(help=__doc__)
@click.option("--rounds", default=1100, show_default=True, help=f"Of {ALIKE * LINES} lines.")
@click.option("--seed", default=SEED, show_default=True)
@click.option("--out", default=script.WEIGHTS, type=click.Path(path_type=Path))
def main(rounds: int, seed: int, out: Path) -> None:
    batches = rounds * ALIKE
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    net = network().to(memory_format=torch.channels_last)
    best = torch.optim.AdamW(net.parameters(), RATE, weight_decay=1e-4)
    pace = torch.optim.lr_scheduler.OneCycleLR(best, RATE, total_steps=batches, pct_start=0.1)
    start, lately = perf_counter(), 0.0
    drawn = DataLoader(Rounds(seed, rounds), batch_size=None, num_workers=1)
    for number, (pictures, texts) in enumerate(chain.from_iterable(drawn), start=1):
        loss = loss_of(net, pictures, texts)
        best.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        best.step()
        pace.step()
        lately = 0.98 * lately + 0.02 * float(loss.detach())
        if number % 100 == 0:
            click.echo(f"{number} {perf_counter() - start:.0f} s  loss {lately:.3f}")
        if number % 500 == 0 or number == batches:
            save(net, out)


if __name__ == "__main__":
    main()
