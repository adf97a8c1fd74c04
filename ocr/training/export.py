"""Write the trained network as ONNX with half-precision weights, and its calibration beside it.

``python -m ocr.training.export --net net.pt --data DIR --fonts DIR --out ocr/weights --version NAME``
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx  # type: ignore[import-not-found,unused-ignore]
import torch  # type: ignore[import-not-found,unused-ignore]
from onnx import TensorProto, helper, numpy_helper

from ocr.training.evaluate import calibration_cells
from ocr.training.net import GlyphNet


def to_onnx(net: GlyphNet, path: Path) -> None:
    """Export with a free batch size; weights of more than 1,000 numbers are stored as float16 and cast on load."""
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
    model = onnx.load(str(path))
    _halve(model)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def _halve(model: onnx.ModelProto) -> None:
    casts = []
    for tensor in list(model.graph.initializer):
        weights = numpy_helper.to_array(tensor)
        if weights.dtype == np.float32 and weights.size > 1000:
            name = tensor.name
            tensor.CopyFrom(numpy_helper.from_array(weights.astype(np.float16), name + "_half"))
            casts.append(helper.make_node("Cast", [name + "_half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def calibrate(scores: npt.NDArray[np.float32], labels: npt.NDArray[np.int64]) -> tuple[list[float], float]:
    """One temperature for digits, one for letters and blank, and the share of doubt: least negative log-likelihood.

    The group of a cell is that of its highest score, so that no truth is needed to apply it; all 37 scores of
    a cell share its temperature.
    """
    best_doubt, best = 0.0, (np.inf, 1.0, 1.0)
    for doubt in (0.0005, 0.001, 0.002, 0.004, 0.008):
        total, found = 0.0, []
        for group in (True, False):
            chosen = (scores[:, :10].max(1) > scores[:, 10:].max(1)) == group
            options = [(_loss(scores[chosen], labels[chosen], t, doubt), t) for t in np.arange(0.4, 2.01, 0.05)]
            loss, t = min(options)
            total += loss * chosen.mean()
            found.append(float(t))
        if total < best[0]:
            best_doubt, best = doubt, (total, found[0], found[1])
    return [best[1], best[2]], best_doubt


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
    to_onnx(net, args.out / "glyphs.onnx")
    cells, labels = calibration_cells(args.data, args.fonts)
    with torch.no_grad():
        scores = torch.cat(
            [net((255 - torch.from_numpy(b).float()[:, None]) / 255) for b in np.array_split(cells, 40)]
        ).numpy()
    temperature, doubt = calibrate(scores, labels)
    document = {"version": args.version, "temperature": temperature, "doubt": doubt}
    (args.out / "glyphs.json").write_text(json.dumps(document) + "\n", "utf-8")


if __name__ == "__main__":
    main()
