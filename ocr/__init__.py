"""The eyes: what the ink on a page looks like. One page a process, one thread; processes share the cores."""

import os

# where numpy was not loaded before: its matrix library would start a thread a core, in every worker, for small sums
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
