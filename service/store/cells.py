"""Cells read with doubt, and what people said of many of them at once: one glyph, confirmed or told to be another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, and_, case, exists, func, or_, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from service.store.base import Base, now
from service.store.findings import ReviewItem, Ruling, moot_condition, settled_condition
from service.store.papers import Page, Reading, Record, RowRead, Scan, Sheet


class DoubtfulCell(Base):
    """One cell of one reading whose best character is in doubt. The loan is all of it that changes."""

    __tablename__ = "doubtful_cell"
    __table_args__ = (UniqueConstraint("row_read_id", "field", "cell"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[str] = mapped_column(ForeignKey("record.id"), index=True)
    row_read_id: Mapped[int] = mapped_column(ForeignKey("row_read.id"))
    field: Mapped[str]
    cell: Mapped[int]
    """Counting from 0."""
    character: Mapped[str] = mapped_column(index=True)
    lent_to: Mapped[str | None]
    lent_until: Mapped[dt.datetime | None]


class CellAct(Base):
    """One grid answered by one person, or (``undoes``) an earlier one taken back: both are kept."""

    __tablename__ = "cell_act"
    id: Mapped[int] = mapped_column(primary_key=True)
    character: Mapped[str]
    by: Mapped[str] = mapped_column(index=True)
    at: Mapped[dt.datetime]
    undoes: Mapped[int | None] = mapped_column(ForeignKey("cell_act.id"), unique=True)


class CellVerdict(Base):
    """What an act says of one cell: it is the character read (``agrees``) or it is not."""

    __tablename__ = "cell_verdict"
    act_id: Mapped[int] = mapped_column(ForeignKey("cell_act.id"), primary_key=True)
    cell_id: Mapped[int] = mapped_column(ForeignKey("doubtful_cell.id"), primary_key=True, index=True)
    agrees: Mapped[bool]


class RowCapture(Base):
    """What a person typed of a row's key, its picture before them. Never changed: the newest of a reading stands.

    Its act is a ``CellAct`` without a character, so that matches count captures and grids in one order.
    """

    __tablename__ = "row_capture"
    act_id: Mapped[int] = mapped_column(ForeignKey("cell_act.id"), primary_key=True)
    row_read_id: Mapped[int] = mapped_column(ForeignKey("row_read.id"), index=True)
    clave: Mapped[str]
    numero_ocr: Mapped[str]
    seccion: Mapped[str]
    nombre: Mapped[str]
    """Empty where the person typed nothing; in the three keys ``?`` is a character they could not read."""


_Undo = aliased(CellAct)


def _taken_back(act_id: Any) -> Any:
    return exists().where(_Undo.undoes == act_id)


def _judged() -> Any:
    """Of a cell: somebody's word about it stands."""
    return exists().where(CellVerdict.cell_id == DoubtfulCell.id, ~_taken_back(CellVerdict.act_id))


def _asked() -> Any:
    """Of a cell: the question that its field would answer is open, the row is not suspected to be struck out (that
    is settled first: a line through it is no glyph), and no newer reading took its place."""
    kind = case((DoubtfulCell.field == "fecha", "date"), else_="match")
    newest = (
        select(func.max(RowRead.id)).where(RowRead.record == DoubtfulCell.record).correlate(DoubtfulCell)
    ).scalar_subquery()
    item = exists().where(
        ReviewItem.record == DoubtfulCell.record, ReviewItem.kind == kind, ~settled_condition(), ~moot_condition()
    )
    struck = exists().where(
        ReviewItem.record == DoubtfulCell.record, ReviewItem.kind == "strike", ~settled_condition()
    )
    return and_(DoubtfulCell.row_read_id == newest, item, ~struck)


def count_cells(session: Session, own: Collection[str] | None = None) -> list[tuple[str, int]]:
    """Doubtful cells that wait, by the character read, the most first."""
    query = (
        select(DoubtfulCell.character, func.count())
        .join(Record, Record.id == DoubtfulCell.record)
        .where(~_judged(), _asked())
        .group_by(DoubtfulCell.character)
        .order_by(func.count().desc(), DoubtfulCell.character)
    )
    if own is not None:
        query = query.where(Record.aspirante.in_(own))
    return [(character, count) for character, count in session.execute(query)]


def cells_read_as(
    session: Session, character: str, *, by: str, own: Collection[str] | None, limit: int
) -> list[DoubtfulCell]:
    """Cells read as one character that nobody else has in hand, what can change an outcome first."""
    newest = select(func.max(Ruling.id)).where(Ruling.record == Record.id).correlate(Record).scalar_subquery()
    query = (
        select(DoubtfulCell)
        .join(Record, Record.id == DoubtfulCell.record)
        .outerjoin(Ruling, Ruling.id == newest)
        .where(DoubtfulCell.character == character, ~_judged(), _asked(), _free_for(by))
        .order_by(func.coalesce(Ruling.pivotal, True).desc(), DoubtfulCell.id)
        .limit(limit)
    )
    if own is not None:
        query = query.where(Record.aspirante.in_(own))
    return list(session.scalars(query))


def _free_for(by: str) -> Any:
    return or_(DoubtfulCell.lent_until.is_(None), DoubtfulCell.lent_until <= now(), DoubtfulCell.lent_to == by)


def judgeable(session: Session, ids: Collection[int], by: str) -> list[DoubtfulCell]:
    """Of these cells, those that still wait and were lent to this person: nobody judges what they were not shown."""
    query = select(DoubtfulCell).where(DoubtfulCell.id.in_(ids), ~_judged(), _asked(), DoubtfulCell.lent_to == by)
    return list(session.scalars(query.order_by(DoubtfulCell.id)))


def last_act_by(session: Session, by: str) -> CellAct | None:
    """The newest grid of a person that was not taken back."""
    grid = CellAct.character != ""
    query = select(CellAct).where(CellAct.by == by, grid, CellAct.undoes.is_(None), ~_taken_back(CellAct.id))
    return session.scalar(query.order_by(CellAct.id.desc()).limit(1))


def cells_of_act(session: Session, act: int) -> list[DoubtfulCell]:
    query = select(DoubtfulCell).join(CellVerdict, CellVerdict.cell_id == DoubtfulCell.id)
    return list(session.scalars(query.where(CellVerdict.act_id == act).order_by(DoubtfulCell.id)))


@dataclass(frozen=True, slots=True)
class CellWord:
    """What stands of one cell: ``agrees`` that it is ``character``, or that it is not."""

    field: str
    cell: int
    character: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class CellWords:
    """All that people said of a reading's cells, or typed of its key (``capture``); ``act`` is the newest act about
    them, taken back or not."""

    act: int = 0
    words: tuple[CellWord, ...] = ()
    capture: RowCapture | None = None


def words_on(session: Session, reads: Sequence[int]) -> dict[int, CellWords]:
    """What stands of the cells of these readings of rows (``row_read`` ids); nothing for those nobody looked at."""
    query = (
        select(DoubtfulCell, CellVerdict.agrees, CellAct.id, func.coalesce(_Undo.id, 0))
        .join(CellVerdict, CellVerdict.cell_id == DoubtfulCell.id)
        .join(CellAct, CellAct.id == CellVerdict.act_id)
        .outerjoin(_Undo, _Undo.undoes == CellAct.id)
        .where(DoubtfulCell.row_read_id.in_(reads))
        .order_by(DoubtfulCell.id)
    )
    newest: dict[int, int] = {}
    words: dict[int, list[CellWord]] = {}
    for cell, agrees, act, undo in session.execute(query):
        read = cell.row_read_id
        newest[read] = max(newest.get(read, 0), act, undo)
        standing = words.setdefault(read, [])
        if not undo:
            standing.append(CellWord(cell.field, cell.cell, cell.character, agrees))
    captures = {capture.row_read_id: capture for capture in _captures_of(session, reads)}
    for read, capture in captures.items():
        newest[read] = max(newest.get(read, 0), capture.act_id)
    return {read: CellWords(act, tuple(words.get(read, ())), captures.get(read)) for read, act in newest.items()}


def _captures_of(session: Session, reads: Sequence[int]) -> list[RowCapture]:
    """What was typed of these readings, the oldest first."""
    query = select(RowCapture).where(RowCapture.row_read_id.in_(reads)).order_by(RowCapture.act_id)
    return list(session.scalars(query))


def confirmed_condition() -> Any:
    """Of a reading of a row: people looked at cells of its key, and their word that they were read well stands."""
    return exists().where(
        DoubtfulCell.row_read_id == RowRead.id,
        DoubtfulCell.field != "fecha",
        CellVerdict.cell_id == DoubtfulCell.id,
        CellVerdict.agrees,
        ~_taken_back(CellVerdict.act_id),
    )


def open_cells_of(session: Session, row_read_id: int, field: str) -> list[DoubtfulCell]:
    """Doubtful cells of one field of a reading of which nobody's agreement stands."""
    agreed = exists().where(
        CellVerdict.cell_id == DoubtfulCell.id, CellVerdict.agrees, ~_taken_back(CellVerdict.act_id)
    )
    query = select(DoubtfulCell).where(DoubtfulCell.row_read_id == row_read_id, DoubtfulCell.field == field, ~agreed)
    return list(session.scalars(query))


def has_cells(session: Session, row_read_id: int, field: str) -> bool:
    query = select(DoubtfulCell.id).where(DoubtfulCell.row_read_id == row_read_id, DoubtfulCell.field == field)
    return session.scalar(query.limit(1)) is not None


@dataclass(frozen=True, slots=True)
class CellPicture:
    """Where a cell's picture is: the file and page, the form the page was laid on, the row (from 1) and the cell."""

    id: int
    record: str
    aspirante: str
    sha256: str
    page: int
    form: str | None
    row: int
    field: str
    cell: int


def pictures_of(session: Session, ids: Sequence[int]) -> list[CellPicture]:
    """Where to cut each of these cells, in the order given."""
    query = (
        select(
            DoubtfulCell.id, DoubtfulCell.record, Record.aspirante, Scan.sha256, Page.number, Reading.form,
            Record.row, DoubtfulCell.field, DoubtfulCell.cell,
        )
        .join(Record, Record.id == DoubtfulCell.record)
        .join(RowRead, RowRead.id == DoubtfulCell.row_read_id)
        .join(Reading, Reading.id == RowRead.reading_id)
        .join(Page, Page.id == Reading.page_id)
        .join(Scan, Scan.id == Page.scan_id)
        .where(DoubtfulCell.id.in_(ids))
    )  # fmt: skip
    found = {row[0]: CellPicture(*row) for row in session.execute(query)}
    return [found[number] for number in ids if number in found]


def pages_of_records(session: Session, records: Collection[str]) -> list[int]:
    """The pages whose sheets hold these records."""
    query = select(Sheet.page_id).join(Record, Record.sheet == Sheet.id).where(Record.id.in_(records)).distinct()
    return list(session.scalars(query.order_by(Sheet.page_id)))
