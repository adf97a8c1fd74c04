"""How long a dictamen takes to issue and to verify, and how much memory, as records grow.

    python bench/dictamen/bench_dictamen.py [RECORDS ...]

Each size runs in processes of its own; the peak is that of the process (ru_maxrss). Asked for: 200,000 records
issued in 60 s and verified in 30 s, memory flat.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "dictamen")]
SIZES = (50_000, 200_000, 400_000)


def measure(step: str, records: int, folder: Path) -> dict[str, object]:
    """Run one step here; gives seconds (wall and CPU, start-up included) and the peak of this process in MiB."""
    start = time.perf_counter()
    if step == "issue":
        import made_up

        from service.dictamen.issue import issue
        from service.dictamen.sign import make_rehearsal_signer

        expediente = made_up.expediente(records, sections=200, electors=1200)
        signer = make_rehearsal_signer(datetime.now(UTC))
        start = time.perf_counter()
        outcome = issue(expediente, folder, preliminary=False, on=date(2027, 2, 20), signer=signer).outcome
    elif step == "verify":
        from service.dictamen.verify import verify

        start = time.perf_counter()
        outcome = "agrees" if verify(folder).agrees else "DIFFERS"
    else:
        start = time.perf_counter()
        done = subprocess.run([sys.executable, str(folder / "verify_alone.py"), str(folder)], check=False)
        outcome = "agrees" if done.returncode == 0 else "DIFFERS"
    seconds = time.perf_counter() - start
    who = resource.RUSAGE_CHILDREN if step == "alone" else resource.RUSAGE_SELF
    peak = resource.getrusage(who).ru_maxrss // 1024
    usage = resource.getrusage(who)
    return {
        "step": step,
        "records": records,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 1),  # what it takes on a core of its own
        "peak_mib": peak,
        "outcome": outcome,
    }


def main() -> None:
    """Every step at every size, a line each."""
    if len(sys.argv) == 4 and sys.argv[1] in {"issue", "verify", "alone"}:
        sys.stdout.write(json.dumps(measure(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))) + "\n")
        return
    for records in [int(size) for size in sys.argv[1:]] or SIZES:
        with tempfile.TemporaryDirectory() as folder:
            for step in ("issue", "verify", "alone"):
                command = [sys.executable, __file__, step, str(records), str(Path(folder) / "d")]
                done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
                sys.stdout.write(done.stdout.splitlines()[-1] + "\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
