"""Draw the dictamen under samples/dictamen anew: fictional people, a fixed seed, a fixed date, stored salts.

    python bench/dictamen/make_sample.py

Everything but the signature comes out byte for byte the same (a test holds it to that); the signature is made
with a rehearsal key that is thrown away, so its certificate, and with it the root, changes when drawn anew.
"""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "dictamen")]
FOLDER = ROOT / "samples" / "dictamen" / "A-001"


def main() -> None:
    """Issue the made-up expediente of 400 records into samples/dictamen/A-001."""
    import made_up

    from service.dictamen.issue import issue
    from service.dictamen.sign import make_rehearsal_signer

    shutil.rmtree(FOLDER, ignore_errors=True)
    signer = make_rehearsal_signer(datetime.now(UTC))
    issued = issue(made_up.sample(), FOLDER, preliminary=False, on=date(2027, 2, 20), signer=signer)
    (FOLDER.parent / "root.txt").write_text(issued.root + "\n", encoding="ascii")
    sys.stdout.write(f"{issued.outcome} {issued.root}\n")


if __name__ == "__main__":
    main()
