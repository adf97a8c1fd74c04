"""``python -m bench.match``: see ``bench.match.run``."""

import sys

from bench.match.run import main

if __name__ == "__main__":
    sys.exit(main())
