"""The hearing (garantía de audiencia): notices with their rows, claims with evidence, decisions, who was told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ForeignKey, Index, exists, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import Base, now
from service.store.findings import Review, ReviewItem, Ruling, Settlement, VoidedSettlement
from service.store.papers import Record, Sheet, received_condition


class HearingNotice(Base):
    """One notice: when it was given, when its term ends, the hash of the rows it named."""

    __tablename__ = "hearing_notice"
    id: Mapped[int] = mapped_column(primary_key=True)
    aspirante: Mapped[str] = mapped_column(ForeignKey("aspirante.id"), index=True)
    notified_at: Mapped[dt.datetime]
    term_ends: Mapped[dt.datetime]
    hours: Mapped[int]
    rows: Mapped[int]
    sha256: Mapped[str]
    by: Mapped[str]


class NoticeRow(Base):
    """A row as the notice named it: class and every reason at that moment."""

    __tablename__ = "notice_row"
    notice_id: Mapped[int] = mapped_column(ForeignKey("hearing_notice.id"), primary_key=True)
    record: Mapped[str] = mapped_column(ForeignKey("record.id"), primary_key=True)
    clase: Mapped[str]
    reasons: Mapped[list[Any]]
    paragraph: Mapped[str]
    sentence: Mapped[str]


class Claim(Base):
    """One act of the aspirante: what is alleged about one row or many."""

    __tablename__ = "claim"
    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("hearing_notice.id"), index=True)
    text: Mapped[str]
    by: Mapped[str]
    at: Mapped[dt.datetime]


class ClaimRow(Base):
    """A row that a claim is about."""

    __tablename__ = "claim_row"
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), primary_key=True)
    record: Mapped[str] = mapped_column(ForeignKey("record.id"), primary_key=True, index=True)


class Evidence(Base):
    """A file that came with a claim; its bytes lie in the content store."""

    __tablename__ = "evidence"
    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"), index=True)
    name: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]


class HearingDecision(Base):
    """The answer to one claimed row, with its motive. Never changed."""

    __tablename__ = "hearing_decision"
    __table_args__ = (Index("uq_hearing_decision_claim_record", "claim_id", "record", unique=True),)
    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id"))
    record: Mapped[str] = mapped_column(ForeignKey("record.id"), index=True)
    granted: Mapped[bool]
    motive: Mapped[str]
    cured: Mapped[list[Any]]
    """Classes that the decision lifts."""
    by: Mapped[str]
    at: Mapped[dt.datetime]


class RivalTold(Base):
    """Another aspirante was told that a hearing changed one of their own rows (never whose row caused it)."""

    __tablename__ = "rival_told"
    id: Mapped[int] = mapped_column(primary_key=True)
    aspirante: Mapped[str] = mapped_column(ForeignKey("aspirante.id"), index=True)
    record: Mapped[str] = mapped_column(ForeignKey("record.id"))
    decision_id: Mapped[int] = mapped_column(ForeignKey("hearing_decision.id"))
    before: Mapped[str]
    after: Mapped[str]
    at: Mapped[dt.datetime]


def notices_of(session: Session, aspirante: str) -> list[HearingNotice]:
    query = select(HearingNotice).where(HearingNotice.aspirante == aspirante)
    return list(session.scalars(query.order_by(HearingNotice.id.desc())))


def all_notices(session: Session, own: Collection[str] | None = None) -> list[HearingNotice]:
    query = select(HearingNotice).order_by(HearingNotice.term_ends)
    return list(session.scalars(query if own is None else query.where(HearingNotice.aspirante.in_(own))))


def find_notice(session: Session, notice: int) -> HearingNotice | None:
    return session.get(HearingNotice, notice)


def failing_rows(session: Session, aspirante: str, pending: Collection[str]) -> list[tuple[Record, Ruling]]:
    """Rows of an aspirante that do not count and do not wait for the institute, with the ruling in force.

    A row whose original was not received waits: to name it would tell what the list says (``service.store.shown``).
    """
    newest = select(func.max(Ruling.id)).where(Ruling.record == Record.id).correlate(Record).scalar_subquery()
    query = (
        select(Record, Ruling)
        .join(Sheet, Sheet.id == Record.sheet)
        .join(Ruling, Ruling.id == newest)
        .where(Record.aspirante == aspirante, Ruling.clase != "V", Ruling.clase.not_in(pending), received_condition())
        .order_by(Record.id)
    )
    return [(record, ruling) for record, ruling in session.execute(query)]


@dataclass(frozen=True, slots=True)
class HearingRow:
    """A row of the hearing: as notified, as it stands now, what was claimed and decided."""

    record: Record
    folio: str | None
    notified: NoticeRow | None
    ruling: Ruling | None
    original: bool = True
    claims: list[Claim] = field(default_factory=list)
    decisions: list[HearingDecision] = field(default_factory=list)

    @property
    def waits(self) -> bool:
        """True while a claim about this row has no decision."""
        return len(self.decisions) < len(self.claims)


def hearing_rows(
    session: Session,
    notice: HearingNotice,
    *,
    only: str = "",
    after: str = "",
    limit: int = 30,
) -> list[HearingRow]:
    """Rows of the aspirante for self-service review, in order after a record.

    ``only``: ``""`` all rows received, ``failing`` those the notice names, ``claimed`` those with a claim.
    """
    newest = select(func.max(Ruling.id)).where(Ruling.record == Record.id).correlate(Record).scalar_subquery()
    query = (
        select(Record, Sheet.folio, Ruling, NoticeRow, received_condition())
        .join(Sheet, Sheet.id == Record.sheet)
        .outerjoin(Ruling, Ruling.id == newest)
        .outerjoin(NoticeRow, (NoticeRow.record == Record.id) & (NoticeRow.notice_id == notice.id))
        .where(Record.aspirante == notice.aspirante, Record.id > after)
        .order_by(Record.id)
        .limit(limit)
    )
    claimed = exists().where(ClaimRow.record == Record.id)
    if only == "failing":
        query = query.where(NoticeRow.record.is_not(None))
    if only == "claimed":
        query = query.where(claimed)
    rows = [
        HearingRow(record, folio, notified, ruling, bool(came))
        for record, folio, ruling, notified, came in session.execute(query)
    ]
    by_record = {row.record.id: row for row in rows}
    claims = (
        select(ClaimRow.record, Claim)
        .join(Claim, Claim.id == ClaimRow.claim_id)
        .where(ClaimRow.record.in_(by_record))
        .order_by(Claim.id)
    )
    for record, claim in session.execute(claims):
        by_record[record].claims.append(claim)
    decisions = select(HearingDecision).where(HearingDecision.record.in_(by_record)).order_by(HearingDecision.id)
    for decision in session.scalars(decisions):
        by_record[decision.record].decisions.append(decision)
    return rows


def claims_of(session: Session, notice: int) -> list[Claim]:
    return list(session.scalars(select(Claim).where(Claim.notice_id == notice).order_by(Claim.id)))


def find_claim(session: Session, claim: int) -> Claim | None:
    return session.get(Claim, claim)


def rows_of_claim(session: Session, claim: int) -> list[str]:
    return list(session.scalars(select(ClaimRow.record).where(ClaimRow.claim_id == claim).order_by(ClaimRow.record)))


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A row of a claim: where it stands on paper, as it was notified, as it stands now, and its decision."""

    record: Record
    folio: str | None
    original: bool
    notified: NoticeRow | None
    ruling: Ruling | None
    decision: HearingDecision | None


def claim_lines(session: Session, claim: Claim, *, offset: int = 0, limit: int | None = None) -> list[ClaimLine]:
    """The rows of a claim, those without a decision first."""
    newest = select(func.max(Ruling.id)).where(Ruling.record == Record.id).correlate(Record).scalar_subquery()
    decided = (HearingDecision.claim_id == claim.id) & (HearingDecision.record == Record.id)
    query = (
        select(Record, Sheet.folio, received_condition(), NoticeRow, Ruling, HearingDecision)
        .join(ClaimRow, ClaimRow.record == Record.id)
        .join(Sheet, Sheet.id == Record.sheet)
        .outerjoin(Ruling, Ruling.id == newest)
        .outerjoin(NoticeRow, (NoticeRow.record == Record.id) & (NoticeRow.notice_id == claim.notice_id))
        .outerjoin(HearingDecision, decided)
        .where(ClaimRow.claim_id == claim.id)
        .order_by(HearingDecision.id.is_not(None), Record.id)
        .offset(offset)
        .limit(limit)
    )
    return [
        ClaimLine(record, folio, bool(came), notified, ruling, decision)
        for record, folio, came, notified, ruling, decision in session.execute(query)
    ]


def undecided_rows(session: Session, claim: int) -> list[str]:
    """The rows of a claim that wait for their decision."""
    decided = exists().where(HearingDecision.claim_id == claim, HearingDecision.record == ClaimRow.record)
    query = select(ClaimRow.record).where(ClaimRow.claim_id == claim, ~decided)
    return list(session.scalars(query.order_by(ClaimRow.record)))


def claim_counts(session: Session, notice: int) -> list[tuple[Claim, int, int]]:
    """The claims of a hearing: (claim, its rows, those decided)."""
    rows = select(func.count()).where(ClaimRow.claim_id == Claim.id).correlate(Claim).scalar_subquery()
    decided = select(func.count()).where(HearingDecision.claim_id == Claim.id).correlate(Claim).scalar_subquery()
    query = select(Claim, rows, decided).where(Claim.notice_id == notice).order_by(Claim.id)
    return [(claim, int(many), int(done)) for claim, many, done in session.execute(query)]


@dataclass(frozen=True, slots=True)
class WaitingClaim:
    """A claim with rows that nobody has decided."""

    claim: Claim
    notice: HearingNotice
    left: int


def waiting_claims(session: Session, own: Collection[str] | None = None) -> list[WaitingClaim]:
    """Claims with rows to decide, the oldest first."""
    decided = exists().where(HearingDecision.claim_id == ClaimRow.claim_id, HearingDecision.record == ClaimRow.record)
    query = (
        select(Claim, HearingNotice, func.count())
        .join(HearingNotice, HearingNotice.id == Claim.notice_id)
        .join(ClaimRow, ClaimRow.claim_id == Claim.id)
        .where(~decided)
        .group_by(Claim.id, HearingNotice.id)
        .order_by(Claim.id)
    )
    if own is not None:
        query = query.where(HearingNotice.aspirante.in_(own))
    return [WaitingClaim(claim, notice, int(left)) for claim, notice, left in session.execute(query)]


def running_notices(session: Session, own: Collection[str] | None = None) -> list[HearingNotice]:
    """Notices whose term has not ended, the soonest first."""
    return [notice for notice in all_notices(session, own) if notice.term_ends > now()]


def noticed_rows(session: Session, notice: int, clase: str = "") -> list[str]:
    """The rows a notice named, of one class where given (``B``: every baja)."""
    query = select(NoticeRow.record).where(NoticeRow.notice_id == notice)
    if clase == "B":
        query = query.where(NoticeRow.clase.startswith("B"))
    elif clase:
        query = query.where(NoticeRow.clase == clase)
    return list(session.scalars(query.order_by(NoticeRow.record)))


def noticed_classes(session: Session, notice: int) -> dict[str, int]:
    """How many rows a notice named of each class, every baja under ``B``."""
    query = select(NoticeRow.clase, func.count()).where(NoticeRow.notice_id == notice).group_by(NoticeRow.clase)
    counts: dict[str, int] = {}
    for clase, count in session.execute(query):
        head = "B" if clase.startswith("B") else clase
        counts[head] = counts.get(head, 0) + int(count)
    return counts


def evidence_of(session: Session, claim: int) -> list[Evidence]:
    return list(session.scalars(select(Evidence).where(Evidence.claim_id == claim).order_by(Evidence.id)))


def find_evidence(session: Session, evidence: int) -> Evidence | None:
    return session.get(Evidence, evidence)


def told_to(session: Session, own: Collection[str]) -> list[RivalTold]:
    query = select(RivalTold).where(RivalTold.aspirante.in_(own)).order_by(RivalTold.id.desc())
    return list(session.scalars(query))


def told_by_claim(session: Session, claim: int) -> list[RivalTold]:
    """What the decisions of a claim changed for others."""
    query = select(RivalTold).join(HearingDecision, HearingDecision.id == RivalTold.decision_id)
    return list(session.scalars(query.where(HearingDecision.claim_id == claim).order_by(RivalTold.id)))


def undecided_condition() -> Any:
    """Of a record: a claim about it waits for its decision."""
    decided = exists().where(HearingDecision.claim_id == ClaimRow.claim_id, HearingDecision.record == ClaimRow.record)
    return exists().where(ClaimRow.record == Record.id, ~decided)


@dataclass(frozen=True, slots=True)
class HearingFigures:
    """What a dictamen says of the hearing: (notified, term ends) of each notice; rows claimed, granted, denied."""

    notices: tuple[tuple[dt.datetime, dt.datetime], ...]
    claimed: int
    granted: int
    denied: int


def hearing_figures(session: Session, aspirante: str) -> HearingFigures:
    notices = sorted(notices_of(session, aspirante), key=lambda notice: notice.id)
    claimed = session.scalar(
        select(func.count(func.distinct(ClaimRow.record)))
        .join(Record, Record.id == ClaimRow.record)
        .where(Record.aspirante == aspirante)
    )
    decided = select(func.count()).select_from(HearingDecision).join(Record, Record.id == HearingDecision.record)
    decided = decided.where(Record.aspirante == aspirante)
    granted = session.scalar(decided.where(HearingDecision.granted)) or 0
    denied = session.scalar(decided.where(~HearingDecision.granted)) or 0
    return HearingFigures(tuple((n.notified_at, n.term_ends) for n in notices), claimed or 0, granted, denied)


def standing_answers(session: Session, record: str) -> list[tuple[ReviewItem, Settlement, Review]]:
    """Every settled question of a record, with the settlement that stands and its answer."""
    voided = exists().where(VoidedSettlement.settlement_id == Settlement.id)
    query = (
        select(ReviewItem, Settlement, Review)
        .join(Settlement, Settlement.item_id == ReviewItem.id)
        .join(Review, Review.id == Settlement.review_id)
        .where(ReviewItem.record == record, ~voided)
        .order_by(Settlement.id)
    )
    return [(item, settlement, review) for item, settlement, review in session.execute(query)]


def items_of_kind(session: Session, record: str, kind: str) -> list[ReviewItem]:
    query = select(ReviewItem).where(ReviewItem.record == record, ReviewItem.kind == kind)
    return list(session.scalars(query.order_by(ReviewItem.id)))
