"""The main job on the sample scans, by the same verbs that a person types: ``make demo``.

A fictional process from the first printed sheet to the dictamen. It ends with exit 1 when a tally differs from
what the drawing's own truth says (expected.json), so the demo is also a test.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from service.cli import respaldo
from service.errors import Refused

HERE = Path(__file__).resolve().parent
PROCESO, CORTE, RECEIVED, ISSUED = "2026-2027", "2026-08-31", "2027-01-19", "2027-02-15"
SHEETS = 60
COMPARED = ("required", "valid", "pending", "received", "by_class", "outcome", "dispersion")
REVIEWERS = ("revisora1", "revisora2")
EYES = ("supervisora", "ojos")
"""Who sees the sample: nobody of them answered at the desk."""
SAMPLED, SAMPLE = ("renata", "tomas"), 30
SEED = "4 7 1 0 9 3 3 8 2 6 5 5 0 1 7 4 9 2 8 6"
"""As twenty rolls of a ten-sided die in public would give it, after the frames were sealed."""


class Demo:
    """One run in one data folder."""

    def __init__(self, samples: Path, data: Path) -> None:
        self.samples, self.data = samples, data
        os.environ["RESPALDO_DATA"] = str(data)
        os.environ["RESPALDO_OPERATOR"] = "demostracion"
        os.environ["RESPALDO_REHEARSAL"] = "1"
        os.environ.pop("RESPALDO_DATABASE_URL", None)
        self.times: list[tuple[str, float]] = []
        self.aspirantes: dict[str, str] = {}
        self.classes: dict[str, str] = {}

    def respaldo(self, *words: object) -> str:
        """One verb, as the command runs it; what it prints on standard output. Ends the demo when it fails."""
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            try:
                code = respaldo.main([str(word) for word in words], prog_name="respaldo", standalone_mode=False)
            except Refused as refusal:
                sys.exit(f"«respaldo {' '.join(map(str, words))}»: {refusal.sentence}")
        if code:
            sys.exit(f"«respaldo {' '.join(map(str, words))}» terminó con {code}")
        return said.getvalue()

    def work(self, processes: int) -> None:
        """``respaldo work`` in a process of its own, since it forks workers."""
        command = [sys.executable, "-m", "service.cli", "work", "--until-idle", "--processes", str(processes)]
        subprocess.run(command, check=True)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """A named part of the job, timed."""
        print(f"· {name} ...", flush=True)
        start = time.monotonic()
        yield
        self.times.append((name, time.monotonic() - start))

    def prepare(self) -> None:
        """Database, process, frame, list, aspirantes, sheets, demo accounts."""
        samples = self.samples
        with self.stage("base, proceso y marco geográfico"):
            self.respaldo("init")
            self.respaldo("proceso", "load", samples / "proceso.toml", "--folio-key", samples / "proceso.key")
            geometria = ("--geometria", samples / "mapa.geojson")
            self.respaldo("marco", "load", samples / "marco.csv", "--proceso", PROCESO, *geometria)
        with self.stage("lista nominal"):
            self.respaldo(
                "lista-nominal", "load", samples / "lista_nominal.csv", "--proceso", PROCESO, "--corte", CORTE
            )
        with self.stage("aspirantes, hojas y cuentas"):
            for file in sorted((samples / "aspirantes").glob("*.toml")):
                slug = file.stem.partition("-")[2]
                self.aspirantes[slug] = self.respaldo("aspirante", "add", file, "--proceso", PROCESO).strip()
                out, ask = self.data / f"cedulas-{slug}.pdf", ("--sheets", SHEETS, "--aspirante")
                self.respaldo("cedulas", "print", *ask, self.aspirantes[slug], "--out", out)
            self.respaldo("user", "demo")
            self.respaldo("user", "add", "ojos", "--role", "revisor")

    def receive(self) -> None:
        """Batches uploaded, read and matched; originals received."""
        with self.stage("recepción de digitalizaciones"):
            for slug, aspirante in self.aspirantes.items():
                folder = next((self.samples / "scans").glob(f"*-{slug}"))
                files = sorted(folder.iterdir())
                self.respaldo("upload", "--aspirante", aspirante, "--received", RECEIVED, *files)
        with self.stage("lectura y compulsa"):
            self.work(2)
            self.respaldo("doctor")
        with self.stage("recepción de originales"):
            for slug, aspirante in self.aspirantes.items():
                folios = next((self.samples / "originals").glob(f"*-{slug}.txt"))
                self.respaldo("originals", "receive", "--aspirante", aspirante, "--folios-file", folios)

    def review(self) -> None:
        """Two reviewers answer what they are asked, the second without seeing the first."""
        from samples.reviewers import pick

        with self.stage("revisión de dos personas"):
            self.work(1)
            for by in REVIEWERS:
                for slug, aspirante in self.aspirantes.items():
                    items, decisions = self.data / f"asuntos-{slug}.csv", self.data / f"decisiones-{slug}-{by}.csv"
                    self.respaldo("review", "list", "--aspirante", aspirante, "--out", items)
                    answered, left = pick(items, self.samples / "answers.csv", decisions, by)
                    print(f"    {by}, {aspirante}: {answered} asuntos respondidos, {left} sin respuesta")
                    if answered:
                        self.respaldo("review", "decide", "--in", decisions)
        with self.stage("resolución"):
            self.work(1)

    def look_again(self) -> None:
        """A sealed, seeded sample of what the machine accepted and people rejected, seen by who never saw it."""
        from samples.eyes import look

        with self.stage("revisión a ciegas de una muestra"):
            for slug in SAMPLED:
                sealed = json.loads(self.respaldo("control", "seal", "--aspirante", self.aspirantes[slug], "--json"))
                for frame in sealed:
                    if size := min(frame["records"], SAMPLE):
                        self.respaldo("control", "draw", "--frame", frame["frame"], "--seed", SEED, "--size", size)
                for by in EYES:
                    items, looks = self.data / f"muestra-{slug}-{by}.csv", self.data / f"vistos-{slug}-{by}.csv"
                    self.respaldo("control", "list", "--by", by, "--out", items)
                    seen = look(items, self.samples / "truth.csv", looks, by)
                    if seen:  # a second pair of eyes is asked only where the first saw otherwise
                        self.respaldo("control", "look", "--in", looks)
                    self.respaldo("control", "list", "--by", by, "--out", items)
                    if look(items, self.samples / "truth.csv", looks, by):
                        self.respaldo("control", "confirm", "--in", looks)
                    print(f"    {by}, {self.aspirantes[slug]}: {seen} registros vistos")

    def conclude(self) -> bool:
        """Outcomes beside what the drawing's truth says, and the dictámenes; True if all agree."""
        expected = json.loads((self.samples / "expected.json").read_text(encoding="utf-8"))
        self.classes = expected["records"]
        agrees = True
        with self.stage("dictamen"):
            for slug, aspirante in self.aspirantes.items():
                count = json.loads(self.respaldo("tally", "--aspirante", aspirante, "--json"))
                out = self.data / "dictamen" / slug
                out.parent.mkdir(exist_ok=True)
                extra = ["--preliminary"] if count["outcome"] == "INDETERMINADO" else []
                self.respaldo("dictamen", "issue", "--aspirante", aspirante, "--out", out, "--on", ISSUED, *extra)
                self.respaldo("dictamen", "verify", out)
                print(f"\n  {aspirante} {slug.upper()}: {count['outcome']}")
                print(
                    f"    requisito {count['required']}, válidos {count['valid']}, pendientes {count['pending']}, "
                    f"recibidos {count['received']}; dispersión {count['readings']['R1']['reached']} de {count['N']} "
                    f"(se exigen {count['k']})"
                )
                print(f"    {', '.join(f'{clase} {n}' for clase, n in count['by_class'].items())}")
                print(f"    {'informe preliminar' if extra else 'dictamen'}: {out}")
                agrees &= self.compare(slug, count, expected["aspirantes"][slug])
        return agrees

    def compare(self, slug: str, count: dict[str, Any], truth: dict[str, Any]) -> bool:
        """Whether a tally, and the class of every record, say what the truth says; prints what differs."""
        dispersion = {"N": count["N"], "k": count["k"], "reached": count["readings"]["R1"]["reached"]}
        said = {**count, "dispersion": dispersion}
        wrong = [key for key in COMPARED if said[key] != truth[key]]
        for key in wrong:
            print(f"    DISTINTO {slug} {key}: {said[key]} en lugar de {truth[key]}")
        records = self.data / f"registros-{slug}.csv"
        self.respaldo("records", "--aspirante", self.aspirantes[slug], "--out", records)
        with records.open(encoding="utf-8", newline="") as file:
            classes = {row["record"]: row["class"] for row in csv.DictReader(file)}
        for record, clase in classes.items():
            if clase != self.classes.get(record):
                print(f"    DISTINTO {record}: {clase} en lugar de {self.classes.get(record)}")
                wrong.append(record)
        return not wrong


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("var/demo"))
    parser.add_argument("--samples", type=Path, default=HERE)
    parser.add_argument("--serve", action="store_true")
    arguments = parser.parse_args()
    data = arguments.data.absolute()
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    demo = Demo(arguments.samples.absolute(), data)
    start = time.monotonic()
    demo.prepare()
    demo.receive()
    demo.review()
    demo.look_again()
    agrees = demo.conclude()
    print("\n  Tiempo de cada etapa:")
    for name, seconds in demo.times:
        print(f"    {seconds:6.1f} s  {name}")
    print(f"    {time.monotonic() - start:6.1f} s  en total\n")
    if not agrees:
        sys.exit("Los conteos no son los que dice samples/README.md.")
    print("  Los conteos son los que dice samples/README.md.")
    if arguments.serve:
        print(demo.respaldo("user", "demo", "--list"))
        os.execv(sys.executable, [sys.executable, "-m", "service.cli", "serve"])


if __name__ == "__main__":
    main()
