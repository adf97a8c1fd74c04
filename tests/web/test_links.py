"""No dead ends: whatever a role can click leads to a page it may see."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from bench.web.look import spider
from service.access.accounts import DEMO_STAFF
from service.audiencia.acts import give_notice

ALIKE = ("revisora2", "admin2")
"""Second accounts of the same roles."""

WHO = ["", *(account.username for account in DEMO_STAFF if account.username not in ALIKE), "aspirante1"]


@pytest.mark.parametrize("username", WHO)
def test_every_link_leads_to_a_page_its_reader_may_open(username: str, house: Any, app: Flask) -> None:
    with house.store.writing() as session:
        give_notice(session, "A001", "audiencia")
    found, dead = spider(app, username)
    assert dead == []
    assert len(found) >= (3 if not username else 8)
