"""Write the trained network as ONNX in whole numbers of 8 bits, and its calibration beside it.

``python -m ocr.training.export --net net.pt --data DIR --fonts DIR --out ocr/weights --version NAME``
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx  # type: ignore[import-not-found,unused-ignore]
import torch  # type: ignore[import-not-found,unused-ignore]
from onnxruntime.quantization import (  # type: ignore[import-not-found,unused-ignore]
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import (  # type: ignore[import-not-found,unused-ignore]
    quant_pre_process,
)

from ocr.glyphs import GlyphModel
from ocr.training.evaluate import calibration_cells
from ocr.training.net import GlyphNet

U8 = npt.NDArray[np.uint8]


def to_onnx(net: GlyphNet, path: Path) -> None:
    """Export in single precision with a free batch size."""
    net.eval()
    torch.onnx.export(
        net,
        (torch.zeros(2, 1, 32, 32),),
        str(path),
        input_names=["ink"],
        output_names=["scores"],
        dynamic_axes={"ink": {0: "n"}, "scores": {0: "n"}},
        opset_version=17,
        dynamo=False,
    )


class _Cells(CalibrationDataReader):  # type: ignore[misc,unused-ignore]
    """Hands onnxruntime the cells from which it takes the ranges of activations."""

    def __init__(self, cells: U8) -> None:
        self._parts = iter(np.array_split(cells, max(1, len(cells) // 256)))

    def get_next(self) -> dict[str, npt.NDArray[np.float32]] | None:
        part = next(self._parts, None)
        return None if part is None else {"ink": (255 - part[:, None].astype(np.float32)) / np.float32(255)}


def to_whole_numbers(path: Path, cells: U8) -> None:
    """Quantise in place: activations 8 bits, weights 7, so that processors without VNNI cannot overflow."""
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(path), str(prepared))
        quantize_static(
            str(prepared),
            str(path),
            _Cells(cells),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
    onnx.checker.check_model(onnx.load(str(path)))


def calibrate(scores: npt.NDArray[np.float32], labels: npt.NDArray[np.int64]) -> dict[str, list[float] | float]:
    """``figures`` (added to the scores of the ten figures), one temperature for figures and one for letters and
    blank, and the share of doubt: the least negative log-likelihood on a grid.

    The group of a cell is that of its highest score, so that no truth is needed to apply it; all 37 scores of
    a cell share its temperature.
    """
    best: tuple[float, dict[str, list[float] | float]] = (np.inf, {})
    for figures in np.arange(-0.5, 2.51, 0.25):
        shifted = scores.copy()
        shifted[:, :10] += figures
        group = shifted[:, :10].max(1) > shifted[:, 10:].max(1)
        for doubt in (0.0005, 0.001, 0.002, 0.004):
            total, found = 0.0, []
            for chosen in (group, ~group):
                options = [(_loss(shifted[chosen], labels[chosen], t, doubt), t) for t in np.arange(0.4, 1.81, 0.05)]
                loss, t = min(options)
                total += loss * chosen.mean()
                found.append(round(float(t), 2))
            if total < best[0]:
                best = total, {"figures": float(figures), "temperature": found, "doubt": doubt}
    return best[1]


def _loss(scores: npt.NDArray[np.float32], labels: npt.NDArray[np.int64], temperature: float, doubt: float) -> float:
    z = scores / temperature
    z = z - z.max(1, keepdims=True)
    p = np.exp(z)
    p /= p.sum(1, keepdims=True)
    return float(-np.log((1 - doubt) * p[np.arange(len(p)), labels] + doubt / p.shape[1]).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--net", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--fonts", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--version", required=True)
    args = parser.parse_args()
    net = GlyphNet()
    net.load_state_dict(torch.load(args.net))
    args.out.mkdir(parents=True, exist_ok=True)
    cells, labels = calibration_cells(args.data, args.fonts)
    inked = cells.min((1, 2)) < 200
    to_onnx(net, args.out / "glyphs.onnx")
    to_whole_numbers(args.out / "glyphs.onnx", cells[inked])
    plain = {"version": args.version, "figures": 0.0, "temperature": [1.0, 1.0], "doubt": 0.0}
    (args.out / "glyphs.json").write_text(json.dumps(plain) + "\n", "utf-8")
    scores = GlyphModel.load(args.out).score(cells[inked])  # as used: second looks and rounding included
    document = plain | calibrate(scores, labels[inked])
    (args.out / "glyphs.json").write_text(json.dumps(document) + "\n", "utf-8")


if __name__ == "__main__":
    main()
