"""The blueprint of this room: its pages are in ``views``, ``control_views`` and ``exchange_views``."""

from __future__ import annotations

from flask import Blueprint

room = Blueprint("dictamen", __name__, template_folder="templates")
