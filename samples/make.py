"""Draws the samples from a seed.

python samples/make.py                      the committed set, in this folder
python samples/make.py --ink real --out D   the same story written in real ink, never committed
python samples/make.py --only-tables        everything but the scans
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ocr import folio as folio_number
from samples import ink
from samples.answers import write_answers
from samples.cast import City
from samples.city import draw_city, write_map, write_marco
from samples.count import count_all
from samples.names import data_folder, read_names
from samples.people import Elector, count_listed, draw_people, write_list
from samples.plan import CANDIDATES, GAEL, LUCERO, NOBODY, RENATA, TOMAS, SheetPlan
from samples.render import FilePlan, Sheaf, Studio, Written, write_file
from samples.sheets import KEY
from samples.tale import tell

SEED = 323
HERE = Path(__file__).resolve().parent
REAL_HANDS = 160
TRUTH = (
    *("record", "aspirante", "file", "page", "row", "folio", "hand", "nombre", "clave_elector", "numero_ocr"),
    *("demarcacion", "seccion", "fecha_escrita", "fecha", "signature", "strike", "struck", "copy", "foreign"),
    *("original", "found", "elector", "undecided", "case"),
)
PAGES = ("aspirante", "file", "page", "kind", "folio", "paper", "copy", "dpi", "grey", "upside_down", "image_of")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=HERE)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--ink", choices=("fonts", "real"), default="fonts")
    parser.add_argument("--only-tables", action="store_true", help="leave the scans as they are")
    arguments = parser.parse_args()
    if arguments.ink == "real" and arguments.out == HERE:
        parser.error("real ink is never committed: name another folder with --out")
    make(arguments.out, arguments.seed, real=arguments.ink == "real", scans=not arguments.only_tables)


def make(out: Path, seed: int = SEED, *, real: bool = False, scans: bool = True) -> None:
    """Writes the whole set under ``out``; with ``scans`` False, tables follow the scans already there."""
    out.mkdir(parents=True, exist_ok=True)
    sections = draw_city(seed)
    people = draw_people(read_names(), sections, seed)
    write_marco(sections, count_listed(people), out / "marco.csv")
    write_map(sections, out / "mapa.geojson")
    write_list(people, out / "lista_nominal.csv")
    write_process(out)
    plans = tell(City(people, sections, seed))
    files = bind_files(plans, people)
    written = draw_files(files, plans, out, seed, real=real) if scans else read_files(files, out)
    write_truth(written, out)
    write_answers(out)
    expected = count_all(out)
    text = json.dumps(expected, ensure_ascii=False, indent=1)
    (out / "expected.json").write_text(text + "\n", encoding="utf-8")


def write_process(out: Path) -> None:
    """The process, its aspirantes, its key, and which originals were handed in."""
    (out / "proceso.toml").write_text(PROCESO, encoding="utf-8")
    (out / "proceso.key").write_text(KEY.hex() + "\n", encoding="ascii")
    (out / "aspirantes").mkdir(exist_ok=True)
    for c in CANDIDATES:
        body = f'nombre = "{c.nombre}"\ncargo = "{c.cargo}"\nambito = "{c.ambito}"\nconstancia = {c.constancia}\n'
        (out / "aspirantes" / f"{c.number}-{c.slug}.toml").write_text(f"[aspirante]\n{body}", encoding="utf-8")


def bind_files(plans: Sequence[SheetPlan], people: Sequence[Elector]) -> list[FilePlan]:
    """Which sheet goes into which file, and how it was scanned."""
    renata = [p for p in plans if p.uploaded_by is RENATA and not p.tags]
    odd = [p for p in plans if p.uploaded_by is RENATA and p.tags]
    tomas = [p for p in plans if p.uploaded_by is TOMAS and not p.tags]
    copied, unknown = (p for p in plans if p.uploaded_by is TOMAS and p.tags)
    lucero = [p for p in plans if p.uploaded_by is LUCERO and "late" not in p.tags]
    late = next(p for p in plans if "late" in p.tags)
    gael = [p for p in plans if p.uploaded_by is GAEL]
    by_clave = {p.clave: p for p in people}
    shown = [s.elector for s in renata[0].supports if s is not None and s.elector in by_clave][:2]
    cards = tuple(by_clave[clave] for clave in shown)
    return [
        FilePlan(RENATA, "lote-a.pdf", (*_sheaves(renata[:6], turned=(2,)), Sheaf(None, "blank", grey=True))),
        FilePlan(RENATA, "lote-b.tif", _sheaves(renata[6:10], grey=True, turned=(1,))),
        FilePlan(RENATA, "lote-c.zip", _sheaves(renata[10:-1], skewed=2.6)),
        FilePlan(RENATA, "hoja-suelta.png", _sheaves(renata[-1:], grey=True)),
        FilePlan(
            RENATA,
            "lote-d.pdf",
            (
                *_sheaves(odd),
                Sheaf(renata[4], again=True, grey=True),
                Sheaf(None, "credential", grey=True, people=cards),
            ),
        ),
        FilePlan(TOMAS, "lote-a.pdf", _sheaves(tomas, turned=(3,))),
        FilePlan(TOMAS, "copia-color.jpg", _sheaves([copied], dpi=300)),
        FilePlan(TOMAS, "hoja-ajena.jpg", _sheaves([unknown])),
        FilePlan(LUCERO, "lote-a.pdf", _sheaves(lucero, turned=(0,))),
        FilePlan(LUCERO, "hoja-tardia.jpg", _sheaves([late], dpi=300)),
        FilePlan(GAEL, "lote-a.tif", _sheaves(gael)),
    ]


def _sheaves(
    plans: Sequence[SheetPlan],
    *,
    dpi: int = 200,
    grey: bool = False,
    turned: Sequence[int] = (),
    skewed: float | None = None,
) -> tuple[Sheaf, ...]:
    return tuple(
        Sheaf(plan, dpi=dpi, grey=grey, upside_down=index in turned, skew=skewed if index == 1 else None)
        for index, plan in enumerate(plans)
    )


def draw_files(
    files: Iterable[FilePlan], plans: Sequence[SheetPlan], out: Path, seed: int, *, real: bool
) -> list[tuple[FilePlan, Written]]:
    """Draws and writes every file."""
    studio = Studio(plans, {c.number: c for c in (*CANDIDATES, NOBODY)}, seed)
    if real:
        studio.real = ink.load_real_hands(data_folder(), seed, REAL_HANDS)
    written = []
    for file in files:
        folder = out / "scans" / f"{file.candidate.number}-{file.candidate.slug}"
        for page in write_file(studio, file, folder):
            written.append((file, page))
        print(folder / file.name)
    return written


def read_files(files: Iterable[FilePlan], out: Path) -> list[tuple[FilePlan, Written]]:
    """The pages of files drawn before."""
    from samples.answers import file_digests

    written = []
    for file in files:
        digests = file_digests(out / "scans" / f"{file.candidate.number}-{file.candidate.slug}" / file.name)
        for number, sheaf in enumerate(file.pages):
            name, digest = digests[number] if len(digests) > 1 or file.name.endswith("zip") else digests[0]
            page = 1 if file.name.endswith("zip") else number + 1
            written.append((file, Written(name, digest, page, sheaf)))
    return written


def write_truth(written: Sequence[tuple[FilePlan, Written]], out: Path) -> None:
    """truth.csv (a line for every inked row, once), pages.csv (a line a page), originals handed in."""
    rows, pages, first_image = [], [], dict[int, str]()
    for file, page in written:
        plan, sheaf = page.sheaf.plan, page.sheaf
        image = f"{page.sha256[:12]}-{page.page:04d}"
        known = first_image.setdefault(id(plan), image) if plan else image
        folio = folio_number.format(folio_number.number(plan.series, plan.serial)) if plan else ""
        paper, copy = (plan.paper, plan.copy) if plan else ("", "")
        head = [file.candidate.slug, page.file, page.page, sheaf.kind, folio, paper, copy, sheaf.dpi]
        image_of = known if known != image else ""
        pages.append([*head, _said(sheaf.grey), _said(sheaf.upside_down), image_of])
        if plan is not None and known == image:
            rows += list(_truth_rows(file, page, plan, folio, image))
    _write_csv(out / "truth.csv", TRUTH, rows)
    _write_csv(out / "pages.csv", PAGES, pages)
    (out / "originals").mkdir(exist_ok=True)
    for c in CANDIDATES:
        plans = {id(p.sheaf.plan): p.sheaf.plan for f, p in written if f.candidate is c and p.sheaf.plan}
        marks = sorted({folio_number.number(p.series, p.serial) for p in plans.values() if p.original})
        lines = "".join(f"{folio_number.format(mark)}\n" for mark in marks)
        (out / "originals" / f"{c.number}-{c.slug}.txt").write_text(lines, encoding="ascii")


def _truth_rows(file: FilePlan, page: Written, plan: SheetPlan, folio: str, image: str) -> Iterable[list[object]]:
    for number, s in enumerate(plan.supports, start=1):
        if s is None:
            continue
        texts = s.row.texts
        yield [
            *(f"{image}-{number:02d}", file.candidate.slug, page.file, page.page, number, folio, plan.hand),
            *(texts.get(f, "") for f in ("nombre", "clave_elector", "numero_ocr", "demarcacion", "seccion", "fecha")),
            *(s.fecha or "", s.row.signature, s.row.strike or "+".join(s.row.blot), _said(s.struck)),
            *(plan.copy, _said(plan.foreign), _said(plan.original), s.found, s.elector),
            *("+".join(s.undecided), s.case),
        ]


def _said(value: bool) -> str:
    return "yes" if value else "no"


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


PROCESO = """\
# Proceso ficticio de las muestras: ni las personas ni las secciones existen.
[proceso]
clave = "2026-2027"
nombre = "Proceso electoral local 2026-2027"
jornada = 2027-06-06
corte_umbral = 2026-08-31
apertura_registro = 2027-03-22

[[ventana]]
cargo = "diputacion"
desde = 2026-11-20
hasta = 2027-01-18

[[ventana]]
cargo = "alcaldia"
desde = 2026-11-20
hasta = 2027-01-18

[parametros]
redondeo = "techo"
dispersion_lectura = "R1"
base_dispersion_diputacion = "secciones_distrito"
regla_empate = "pendiente"
fecha_supletoria = "ninguna"
canales_admitidos = ["papel"]
copia_credencial = "no_exigida"
cotejo = "exigido"
desistimientos = "fuera"
plazo_audiencia_horas = 120
"""


if __name__ == "__main__":
    main()
