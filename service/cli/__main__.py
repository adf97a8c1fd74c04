"""``python -m service.cli`` is ``respaldo``."""

from service.cli import main

main()
