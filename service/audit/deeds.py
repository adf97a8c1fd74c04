"""One small class per deed. Facts are ids, counts and hashes: never a name, an elector key or an image.

A look-up in the list names the record under review and the case, and the key only as a keyed digest, so that the
log proves who looked without becoming a second list.
"""

from __future__ import annotations

from dataclasses import dataclass

from service.audit.deed import Deed as Deed
from service.audit.desk_deeds import CellsJudged as CellsJudged
from service.audit.desk_deeds import CellsUndone as CellsUndone
from service.audit.desk_deeds import ClaimMade as ClaimMade
from service.audit.desk_deeds import DecisionsTaken as DecisionsTaken
from service.audit.desk_deeds import HearingDecided as HearingDecided
from service.audit.desk_deeds import HearingNoticed as HearingNoticed
from service.audit.desk_deeds import HearingRead as HearingRead
from service.audit.desk_deeds import ImageSeen as ImageSeen
from service.audit.desk_deeds import ListLookedUp as ListLookedUp
from service.audit.desk_deeds import ReviewEscalated as ReviewEscalated
from service.audit.desk_deeds import ReviewGiven as ReviewGiven
from service.audit.desk_deeds import ReviewUndone as ReviewUndone
from service.audit.desk_deeds import RivalWarned as RivalWarned
from service.audit.desk_deeds import RowCaptured as RowCaptured


@dataclass(frozen=True, slots=True)
class ProcesoLoaded(Deed):
    proceso: str
    version: int


@dataclass(frozen=True, slots=True)
class MarcoLoaded(Deed):
    proceso: str
    version: int
    secciones: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ListaLoaded(Deed):
    lista: str
    corte: str
    rows: int
    refused: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ListaReturned(Deed):
    lista: str
    hashes: dict[str, str]


@dataclass(frozen=True, slots=True)
class ListKeyDestroyed(Deed):
    sha256: str


@dataclass(frozen=True, slots=True)
class AspiranteAdded(Deed):
    aspirante: str
    cargo: str
    ambito: str


@dataclass(frozen=True, slots=True)
class AspiranteWithdrew(Deed):
    aspirante: str
    on: str


@dataclass(frozen=True, slots=True)
class CedulasPrinted(Deed):
    aspirante: str
    form: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class FormAdded(Deed):
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class BatchTaken(Deed):
    batch: str
    aspirante: str
    received: str
    taken: int
    refused: int
    digests: list[str]


@dataclass(frozen=True, slots=True)
class OriginalsReceived(Deed):
    aspirante: str
    sheets: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class CotejoDrawn(Deed):
    """A sample of originals: the public seed and the hash of the list it was drawn from."""

    sample: int
    aspirante: str
    seed: str
    sha256: str
    sheets: int


@dataclass(frozen=True, slots=True)
class CotejoChecked(Deed):
    sample: int
    mark: str
    result: str


@dataclass(frozen=True, slots=True)
class RemedyProposed(Deed):
    """An act on a delivery put before a second person: ``close`` a page by hand, ``move`` the delivery."""

    remedy: int
    batch: str
    what: str


@dataclass(frozen=True, slots=True)
class RemedyAnswered(Deed):
    remedy: int
    batch: str
    what: str
    approved: bool


@dataclass(frozen=True, slots=True)
class ActaDrawn(Deed):
    """An acta in PDF was made; its hash lets whoever holds the paper show that it is the one."""

    kind: str
    aspirante: str
    sha256: str


@dataclass(frozen=True, slots=True)
class LawApplied(Deed):
    run: int
    changed: int
    outcomes: dict[str, str]


@dataclass(frozen=True, slots=True)
class RecordsExported(Deed):
    aspirante: str
    rows: int
    what: str


@dataclass(frozen=True, slots=True)
class DictamenIssued(Deed):
    dictamen: int
    aspirante: str
    preliminary: bool
    sha256: str
    root: str


@dataclass(frozen=True, slots=True)
class UserAdded(Deed):
    user: str
    role: str


@dataclass(frozen=True, slots=True)
class UserChanged(Deed):
    user: str
    change: str


@dataclass(frozen=True, slots=True)
class SignInFailed(Deed):
    user: str


@dataclass(frozen=True, slots=True)
class SignedIn(Deed):
    user: str


@dataclass(frozen=True, slots=True)
class CopyMade(Deed):
    what: str
    files: int


@dataclass(frozen=True, slots=True)
class ParameterProposed(Deed):
    proposal: int
    proceso: str
    parametro: str
    acuerdo: str


@dataclass(frozen=True, slots=True)
class ParameterAnswered(Deed):
    proposal: int
    approved: bool
    version: int


@dataclass(frozen=True, slots=True)
class TokenMade(Deed):
    """A key of a program or of a party: never the key, nor anything it could be found by."""

    token: int
    name: str
    scopes: str
    expires: str


@dataclass(frozen=True, slots=True)
class TokenReleased(Deed):
    token: int


@dataclass(frozen=True, slots=True)
class TokenRevoked(Deed):
    token: int


@dataclass(frozen=True, slots=True)
class ControlSealed(Deed):
    frame: int
    aspirante: str
    purpose: str
    stratum: str
    records: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ControlDrawn(Deed):
    frame: int
    seed: str
    size: int


@dataclass(frozen=True, slots=True)
class ControlSeen(Deed):
    item: int
    record: str


@dataclass(frozen=True, slots=True)
class PagesRetried(Deed):
    batch: str
    pages: int


@dataclass(frozen=True, slots=True)
class NotFoundRateHigh(Deed):
    """In one delivery the list knows unusually few of the keys: somebody may be asking it who is listed."""

    batch: str
    aspirante: str
    rows: int
    missing: int
    limit_percent: int


@dataclass(frozen=True, slots=True)
class AlertAnswered(Deed):
    alert: int
    batch: str


@dataclass(frozen=True, slots=True)
class MapLoaded(Deed):
    proceso: str
    marco: int
    features: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ApplicationActed(Deed):
    """An act on an application: opened, saved, filed, prevented, granted or dismissed."""

    application: str
    act: str
    version: int
    term_ends: str


@dataclass(frozen=True, slots=True)
class CitizenAsked(Deed):
    """Somebody asked about a support; what they showed stands only as a digest under the process's key."""

    proceso: str
    channel: str
    digest: str
    found: int


@dataclass(frozen=True, slots=True)
class DisavowalFiled(Deed):
    disavowal: int
    record: str
    channel: str


@dataclass(frozen=True, slots=True)
class StubsPrinted(Deed):
    aspirante: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class ExchangeMade(Deed):
    sent: int
    proceso: str
    layout: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class CompulsaTaken(Deed):
    """``returned``: the file that came back; the answers that differ became questions, nothing was overwritten."""

    returned: int
    sent: int
    rows: int
    differing: int
    sha256: str


@dataclass(frozen=True, slots=True)
class CompulsaAdopted(Deed):
    item: int
    record: str
    situacion: str
