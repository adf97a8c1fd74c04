"""A grid of cells read as the same character: one act confirms all but the odd ones, and can be taken back.

What is confirmed goes into the reading and the row is matched again; a question that the better match answers closes
by itself. A date whose doubtful cells were all confirmed is answered as by whoever confirmed the last of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from service.audit.chain import record as record_deed
from service.audit.deeds import CellsJudged, CellsUndone
from service.config import Settings
from service.desk.decisions import READERS, SUPERVISOR, Decision, decide, ruled_above, undo
from service.desk.queue import may_answer
from service.errors import Refused
from service.jobs.dates import written_date
from service.store import Session, now
from service.store.audiencia import items_of_kind
from service.store.cells import (
    CellAct,
    CellVerdict,
    DoubtfulCell,
    cells_of_act,
    cells_read_as,
    judgeable,
    last_act_by,
    open_cells_of,
    pages_of_records,
)
from service.store.desk import escalated
from service.store.findings import open_items_of_record, standing_reviews
from service.store.papers import RowRead, page_with_scan
from service.store.work import add_job

GROUP_SIZE = 48
"""Cells on one grid: four lines of twelve, which a person takes in without scrolling (looked at, 1280 x 900)."""

LOAN_MINUTES = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """What one act did: cells ``confirmed`` or told to be ``odd``, ``dates`` answered, ``gone`` seen by others."""

    confirmed: int
    odd: int
    dates: int
    gone: int


def take_group(session: Session, character: str, *, by: str, own: Collection[str] | None) -> list[DoubtfulCell]:
    """The next cells read as this character, lent to one person for some minutes."""
    found = cells_read_as(session, character, by=by, own=own, limit=GROUP_SIZE)
    for cell in found:
        cell.lent_to, cell.lent_until = by, now() + dt.timedelta(minutes=LOAN_MINUTES)
    return found


def judge(
    session: Session,
    settings: Settings,
    character: str,
    *,
    shown: Sequence[int],
    odd: Collection[int],
    by: str,
    roles: frozenset[str],
) -> Judged:
    """Confirm every shown cell but the odd ones. Raises Refused when the person may not read or nothing was shown."""
    if not roles & READERS:
        raise Refused("SIN_FACULTAD", f"«{by}» no tiene función de revisión; pida a administración que la asigne.")
    if not shown:
        raise Refused("CELDAS_VACIAS", "No se mostró ninguna celda; abra de nuevo el grupo.")
    cells = [cell for cell in judgeable(session, shown, by) if cell.character == character]
    if not cells:
        return Judged(0, 0, 0, len(shown))
    act = CellAct(character=character, by=by, at=now(), undoes=None)
    session.add(act)
    session.flush()
    for cell in cells:
        session.add(CellVerdict(act_id=act.id, cell_id=cell.id, agrees=cell.id not in odd))
        cell.lent_to = cell.lent_until = None
    session.flush()
    told = sum(cell.id in odd for cell in cells)
    record_deed(session, by, CellsJudged(act.id, character, len(cells) - told, told))
    dates = _answer_dates(session, settings, cells, by, roles)
    _match_again(session, cells)
    return Judged(len(cells) - told, told, dates, len(shown) - len(cells))


def _answer_dates(
    session: Session, settings: Settings, cells: Sequence[DoubtfulCell], by: str, roles: frozenset[str]
) -> int:
    """Answer the date of each row whose doubtful figures are now all confirmed.

    The desk's own rules apply: what waits for a supervisor stays with them, and stops nobody's grid.
    """
    answered = 0
    for read_id in sorted({cell.row_read_id for cell in cells if cell.field == "fecha"}):
        read = session.get_one(RowRead, read_id)
        day = written_date(read.fecha_read)
        items = [item for item in open_items_of_record(session, read.record) if item.kind == "date"]
        if day is None or open_cells_of(session, read_id, "fecha"):
            continue
        for item in items:
            passed_on = escalated(session, [item.id])
            if not may_answer(item, standing_reviews(session, item.id), passed_on, by, SUPERVISOR in roles):
                continue
            decide(session, settings, item.id, Decision("date", day.isoformat()), by=by, roles=roles)
            answered += 1
    return answered


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A grid taken back: the character it was of, and how many of its dates ``stayed`` as somebody above ruled."""

    character: str
    stayed: int


def take_back(session: Session, *, by: str) -> TakenBack:
    """Take back one's own last grid with the dates it answered; both acts are kept. Raises Refused if none.

    A date that a supervisor or the hearing has ruled on since stays as they left it.
    """
    act = last_act_by(session, by)
    if act is None:
        raise Refused("NADA_QUE_DESHACER", "No hay un grupo suyo que deshacer.")
    cells = cells_of_act(session, act.id)
    back = CellAct(character=act.character, by=by, at=now(), undoes=act.id)
    session.add(back)
    session.flush()
    dated = {cell.row_read_id: cell for cell in cells if cell.field == "fecha"}
    stayed = sum(
        _take_back_date(session, cell, by) for read, cell in dated.items() if open_cells_of(session, read, "fecha")
    )
    record_deed(session, by, CellsUndone(back.id, act.id))
    _match_again(session, cells)
    return TakenBack(act.character, stayed)


def _take_back_date(session: Session, cell: DoubtfulCell, by: str) -> int:
    """Undo the date that a grid answered; how many answers stay because somebody above ruled on them."""
    stayed = 0
    day = written_date(session.get_one(RowRead, cell.row_read_id).fecha_read)
    for item in items_of_kind(session, cell.record, "date"):
        given = standing_reviews(session, item.id)
        mine = [review for review in given if review.by == by and not review.rank]
        if day is None or all(review.reason != day.isoformat() for review in mine):
            continue
        if ruled_above(given, by):
            stayed += 1
        else:
            undo(session, item.id, by=by, roles=frozenset())
    return stayed


def _match_again(session: Session, cells: Sequence[DoubtfulCell]) -> None:
    """Ask for the matching of the pages whose keys changed; a date changes no match."""
    records = {cell.record for cell in cells if cell.field != "fecha"}
    for page_id in pages_of_records(session, sorted(records)):
        _page, _scan, batch = page_with_scan(session, page_id)
        add_job(session, "match_page", str(page_id), batch.id, now())
