"""Writes docs/openapi.json from the code: the programs' door. A test keeps it true.

python docs/openapi.py
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from service.api.pages import door_document
from service.app import create_app
from service.config import Settings


def document() -> str:
    """The OpenAPI document of an empty house."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), database_url=f"sqlite:///{folder}/vacia.db", rehearsal=True)
        app = create_app(settings)
        with app.app_context():
            return json.dumps(door_document(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    (Path(__file__).parent / "openapi.json").write_text(document(), encoding="utf-8")
