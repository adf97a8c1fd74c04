"""Train the glyph model: ``python -m ocr.training.train --data DIR --fonts DIR --out DIR --minutes 10``.

Needs torch, onnx and scikit-image, which using the model does not. The recipe and its figures:
``ocr/weights/glyphs.md``.
"""

from __future__ import annotations

import argparse
import copy
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch  # type: ignore[import-not-found,unused-ignore]
from torch import nn

from ocr.training.net import GlyphNet
from ocr.training.stock import Shelf, draw_cells, draw_many, training_shelf


def distort(cells: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Cheap distortions of a batch of ink (n, 1, 32, 32): displacement, pressure, a lost or an added patch."""
    n = len(cells)
    theta = torch.zeros(n, 2, 3)
    size = 1 + 0.10 * torch.randn(n, generator=generator).clamp(-2, 2)
    theta[:, 0, 0] = size
    theta[:, 1, 1] = size * (1 + 0.06 * torch.randn(n, generator=generator).clamp(-2, 2))
    theta[:, 0, 1] = 0.04 * torch.randn(n, generator=generator)
    theta[:, :, 2] = 0.07 * torch.randn(n, 2, generator=generator).clamp(-2, 2)
    grid = nn.functional.affine_grid(theta, [n, 1, 32, 32], align_corners=False)
    moved = nn.functional.grid_sample(cells, grid, align_corners=False)
    gamma = torch.exp(0.25 * torch.randn(n, 1, 1, 1, generator=generator))
    moved = moved.clamp(1e-4, 1) ** gamma
    for i in range(0, n, 12):
        at = torch.randint(0, 28, (2,), generator=generator)
        tall, wide = torch.randint(2, 7, (2,), generator=generator)
        patch = torch.rand(1, generator=generator)
        moved[i, :, at[0] : at[0] + tall, at[1] : at[1] + wide] = 0.0 if patch < 0.8 else 0.8
    return moved


Cells = npt.NDArray[np.uint8]


def draw_pool(shelf: Shelf, count: int, seed: int, processes: int, kept: Path | None) -> tuple[Cells, Cells]:
    """Training cells and labels, drawn once; ``kept`` names a file to add them to and to go on from."""
    cells, labels = draw_many(shelf, count, seed, processes=processes)
    if kept is not None:
        if kept.exists():
            with np.load(kept) as old:
                cells, labels = np.concatenate([old["cells"], cells]), np.concatenate([old["labels"], labels])
        np.savez(kept, cells=cells, labels=labels)
    say(f"{len(cells)} cells")
    return cells, labels


class Ring:
    """Cells to train on, of which each round draws ``renew`` anew in place of the oldest."""

    def __init__(self, pool: tuple[Cells, Cells], shelf: Shelf, renew: int, seed: int) -> None:
        self.cells, self.labels = pool
        self._shelf, self._renew, self._seed = shelf, min(renew, len(pool[0])), seed
        self._round, self._at = 0, 0

    def next_round(self, rng: np.random.Generator) -> npt.NDArray[np.int64]:
        """Places of the cells of one round: all of them, or the newest twice and three times as many others."""
        if not self._renew:
            return rng.permutation(len(self.cells))
        strong = 0.6 if self._round % 3 == 0 else 1.0
        fresh = draw_cells(self._shelf, self._renew, self._seed * 1000 + self._round, strong)
        places = np.arange(self._at, self._at + self._renew) % len(self.cells)
        self.cells[places], self.labels[places] = fresh
        self._at, self._round = (self._at + self._renew) % len(self.cells), self._round + 1
        others = rng.choice(len(self.cells), min(3 * self._renew, len(self.cells)), replace=False)
        return rng.permutation(np.concatenate([places, places, others]))


def train(
    ring: Ring,
    *,
    minutes: float,
    wall_minutes: float,
    seed: int,
    start: Path | None,
    rate: float,
    threads: int,
) -> GlyphNet:
    """Train for ``minutes`` of full work of ``threads`` cores, ``wall_minutes`` at most; the averaged network."""
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    generator = torch.Generator().manual_seed(seed)
    model = GlyphNet().to(memory_format=torch.channels_last)  # type: ignore[call-overload,unused-ignore]
    if start is not None:
        model.load_state_dict(torch.load(start))
    average: GlyphNet = copy.deepcopy(model).eval()
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.02)
    rng = np.random.default_rng(seed)
    step, batch = 0, 256
    share = clock(minutes, wall_minutes, threads)
    model.train()
    while (gone := share()) < 1:
        round_of = ring.next_round(rng)
        for i in np.array_split(round_of, max(1, len(round_of) // batch)):
            gone = min(1.0, share())
            warm = min(1.0, (step + 1) / 300)
            for group in optimiser.param_groups:
                group["lr"] = rate * warm * (0.5 * (1 + np.cos(np.pi * gone)) + 0.004)
            ink = (255 - torch.from_numpy(ring.cells[i]).float()[:, None]) / 255
            ink = distort(ink, generator).to(memory_format=torch.channels_last)
            with torch.autocast("cpu", torch.bfloat16):
                scores = model(ink)
            truth = torch.from_numpy(ring.labels[i]).long()
            smooth = 0.01 if gone < 0.7 else 0.0
            loss = nn.functional.cross_entropy(scores.float(), truth, label_smoothing=smooth)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 2.0)
            optimiser.step()
            follow(average, model, min(0.999, (step + 1) / (step + 20)))
            step += 1
            if step % 250 == 0:
                say(f"step {step} {gone:.0%} loss {float(loss.detach()):.4f}")
            if gone >= 1:
                break
    return average


def clock(minutes: float, wall_minutes: float, threads: int) -> Callable[[], float]:
    """The share of the training that is gone, by processor time or by the clock on the wall, whichever is ahead."""
    wall, busy = time.monotonic(), time.process_time()

    def share() -> float:
        by_work = (time.process_time() - busy) / (60 * minutes * threads)
        return max(by_work, (time.monotonic() - wall) / (60 * wall_minutes))

    return share


def follow(average: nn.Module, model: nn.Module, keep: float) -> None:
    """Move the running average of the weights a little towards the model."""
    with torch.no_grad():
        for slow, fast in zip(average.state_dict().values(), model.state_dict().values(), strict=True):
            if slow.dtype.is_floating_point:
                slow.lerp_(fast, 1 - keep)
            else:
                slow.copy_(fast)


def say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with digits.npz, capitals.npz")
    parser.add_argument("--fonts", type=Path, required=True, help="folder that holds the fonts of fonts.py")
    parser.add_argument("--out", type=Path, required=True, help="folder for net.pt")
    parser.add_argument("--minutes", type=float, default=10.0, help="of full work of all threads")
    parser.add_argument("--wall-minutes", type=float, default=30.0, help="stop then, however busy the machine")
    parser.add_argument("--pool", type=int, default=240_000, help="cells drawn before training")
    parser.add_argument("--kept", type=Path, help=".npz in which drawn cells pile up from run to run")
    parser.add_argument("--renew", type=int, default=20_000, help="cells drawn anew each round; 0: the same always")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--start", type=Path, help="net.pt to go on from")
    parser.add_argument("--dropped", type=Path, help=".npy of pseudo-labelled capitals to leave out")
    parser.add_argument("--without-capitals", action="store_true", help="leave out the data of unverified terms")
    args = parser.parse_args()
    began = time.monotonic()
    shelf = training_shelf(
        args.data,
        args.fonts,
        capitals=not args.without_capitals,
        dropped=None if args.dropped is None else np.load(args.dropped),
    )
    pool = draw_pool(shelf, args.pool, args.seed, args.threads, args.kept)
    say(f"drawn in {time.monotonic() - began:.0f} s")
    model = train(
        Ring(pool, shelf, args.renew, args.seed),
        minutes=args.minutes,
        wall_minutes=args.wall_minutes,
        seed=args.seed,
        start=args.start,
        rate=args.rate,
        threads=args.threads,
    )
    args.out.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), args.out / "net.pt")


if __name__ == "__main__":
    main()
