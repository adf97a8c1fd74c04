"""The law room: article 323 of the CIPECDMX and its neighbours, as pure functions over plain values.

The door: ``rule`` and ``rerule`` (ruling), ``tally`` and ``tally_to_json`` (tally), ``impacts`` (impact),
``process_from_toml`` and ``aspirante_from_toml`` (proceso), ``marco_from_csv`` and ``marco_of`` (frame),
``read_records`` and ``rulings_to_csv`` (table), ``cite`` and ``sentence`` (sentences); the words are in records.
"""

from service.law.errors import LawRefused
from service.law.frame import Marco, Seccion, marco_from_csv, marco_of
from service.law.impact import Impact, impacts
from service.law.proceso import Proceso, aspirante_from_toml, process_from_toml
from service.law.records import NONE, Aspirante, Cargo, Clase, Record, Resultado, Ruling, Situacion, Tally
from service.law.ruling import Change, Rulings, rerule, rule
from service.law.sentences import cite, sentence
from service.law.tally import tally, tally_to_json

__all__ = [
    "NONE",
    "Aspirante",
    "Cargo",
    "Change",
    "Clase",
    "Impact",
    "LawRefused",
    "Marco",
    "Proceso",
    "Record",
    "Resultado",
    "Ruling",
    "Rulings",
    "Seccion",
    "Situacion",
    "Tally",
    "aspirante_from_toml",
    "cite",
    "impacts",
    "marco_from_csv",
    "marco_of",
    "process_from_toml",
    "rerule",
    "rule",
    "sentence",
    "tally",
    "tally_to_json",
]
