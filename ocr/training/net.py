"""The network: a small residual net over 32 x 32 pictures, 37 classes. Training only; use is ONNX."""

from __future__ import annotations

import torch  # type: ignore[import-not-found,unused-ignore]
from torch import nn

from ocr.reading import ALPHABET


class Block(nn.Module):
    """Two 3 x 3 convolutions with a short cut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(x + self.body(x))


def _down(inner: int, outer: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inner, outer, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(outer), nn.ReLU(inplace=True)
    )


class GlyphNet(nn.Module):
    """Ink 0 to 1 of shape (n, 1, 32, 32) in; scores (n, 37) before softmax out."""

    def __init__(self, widths: tuple[int, int, int, int] = (16, 32, 64, 128)) -> None:
        super().__init__()
        a, b, c, d = widths
        self.stem = nn.Sequential(nn.Conv2d(1, a, 3, padding=1, bias=False), nn.BatchNorm2d(a), nn.ReLU(inplace=True))
        self.body = nn.Sequential(_down(a, b), Block(b), _down(b, c), Block(c), Block(c), _down(c, d), Block(d))
        self.drop = nn.Dropout(0.2)
        self.head = nn.Linear(d * 16, 64)
        self.out = nn.Linear(64 + d, len(ALPHABET))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        maps = self.body(self.stem(x))
        flat = torch.relu(self.head(self.drop(maps.flatten(1))))
        mean = maps.mean((2, 3))
        scores: torch.Tensor = self.out(self.drop(torch.cat([flat, mean], 1)))
        return scores
