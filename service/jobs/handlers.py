"""Which handler does which kind of job, in the order in which kinds are taken.

Handlers are imported when first used: worker processes are forked before OpenCV, ONNX and the list are loaded.
"""

from __future__ import annotations

from importlib import import_module

from service.jobs.queue import Handler, Lease, Workshop


def _late(module: str, function: str) -> Handler:
    def handle(shop: Workshop, lease: Lease) -> None:
        handler: Handler = getattr(import_module(module), function)
        handler(shop, lease)

    return handle


HANDLERS: dict[str, Handler] = {
    "lay": _late("service.jobs.lay", "lay"),
    "match_page": _late("service.jobs.match_page", "match_page"),
    "rematch": _late("service.jobs.rematch", "rematch"),
    "watch": _late("service.jobs.watch", "watch"),
    "read_page": _late("service.jobs.read_page", "read_page"),
    "rule": _late("service.jobs.rule", "rule"),
}
