"""Changes of parameters: proposed by one person with the acuerdo and its effect, answered by another."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import Base


class ParameterProposal(Base):
    """A proposed change over one version of a process, with the effect it would have had when proposed."""

    __tablename__ = "parameter_proposal"
    id: Mapped[int] = mapped_column(primary_key=True)
    proceso: Mapped[str] = mapped_column(ForeignKey("proceso.clave"), index=True)
    over_version: Mapped[int]
    parametro: Mapped[str]
    valor: Mapped[dict[str, Any]]
    """``{"valor": ...}``: JSON keeps the type of the value."""
    acuerdo: Mapped[str]
    vigente_desde: Mapped[dt.date]
    effect: Mapped[list[Any]]
    by: Mapped[str]
    at: Mapped[dt.datetime]


class ProposalAnswer(Base):
    """The second person's answer; ``version`` is the version of the process it made, when approved."""

    __tablename__ = "proposal_answer"
    proposal_id: Mapped[int] = mapped_column(ForeignKey("parameter_proposal.id"), primary_key=True)
    approved: Mapped[bool]
    version: Mapped[int | None]
    by: Mapped[str]
    at: Mapped[dt.datetime]


def proposals_of(session: Session, proceso: str) -> list[tuple[ParameterProposal, ProposalAnswer | None]]:
    """Proposals of a process with their answers, the newest first."""
    query = (
        select(ParameterProposal, ProposalAnswer)
        .outerjoin(ProposalAnswer, ProposalAnswer.proposal_id == ParameterProposal.id)
        .where(ParameterProposal.proceso == proceso)
        .order_by(ParameterProposal.id.desc())
    )
    return [(proposal, answer) for proposal, answer in session.execute(query)]


def find_proposal(session: Session, proposal: int) -> ParameterProposal | None:
    return session.get(ParameterProposal, proposal)


def answer_of(session: Session, proposal: int) -> ProposalAnswer | None:
    return session.get(ProposalAnswer, proposal)
