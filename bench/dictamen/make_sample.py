"""Draw the dictámenes under samples/dictamen anew: fictional people, fixed dates, stored salts.

    python bench/dictamen/make_sample.py                  the made-up one, and the story's again from their folders
    python bench/dictamen/make_sample.py var/demo         the story's from a demo played on the sample scans

Everything but the signature comes out byte for byte the same (a test holds it to that); the signature is made
with a rehearsal key that is thrown away, so its certificate, and with it the root, changes when drawn anew.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "dictamen")]
KEPT = ROOT / "samples" / "dictamen"
STORY = ("renata", "tomas")  # CUMPLE and NO_CUMPLE, read from samples/scans


def main() -> None:
    """Issue the made-up expediente of 400 records, and those of the story."""
    import made_up

    from service.dictamen.expediente import Expediente
    from service.dictamen.issue import issue
    from service.dictamen.reissue import expediente_of
    from service.dictamen.sign import make_rehearsal_signer

    signer = make_rehearsal_signer(datetime.now(UTC))

    def draw(name: str, expediente: Expediente, on: date) -> None:
        with tempfile.TemporaryDirectory(dir=KEPT) as work:
            issued = issue(expediente, Path(work) / name, preliminary=False, on=on, signer=signer)
            shutil.rmtree(KEPT / name, ignore_errors=True)
            shutil.move(issued.folder, KEPT / name)
        (KEPT / f"{name}.root.txt").write_text(issued.root + "\n", encoding="ascii")
        sys.stdout.write(f"{name} {issued.outcome} {issued.root}\n")

    draw("A-001", made_up.sample(), date(2027, 2, 20))
    played = Path(sys.argv[1]) / "dictamen" if len(sys.argv) > 1 else KEPT
    for name in STORY:
        expediente, on, _ = expediente_of(played / name)
        kept = {**expediente.versions, "ley": "muestra", "codigo": "muestra"}  # later code verifies it too
        draw(name, replace(expediente, versions=kept, audit_head=""), on)


if __name__ == "__main__":
    main()
