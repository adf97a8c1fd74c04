"""Average the weights of a run and of the run it went on from: steadier on what neither saw.

``python -m ocr.training.blend BEFORE.pt AFTER.pt --share 0.6 --out net.pt`` (Wortsman et al., model soups, 2022).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch  # type: ignore[import-not-found,unused-ignore]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--share", type=float, default=0.6, help="share of the later run")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    before, after = torch.load(args.before), torch.load(args.after)
    blended = {
        name: torch.lerp(before[name], weights, args.share) if weights.dtype.is_floating_point else weights
        for name, weights in after.items()
    }
    args.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save(blended, args.out)


if __name__ == "__main__":
    main()
