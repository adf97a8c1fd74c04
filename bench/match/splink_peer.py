# ruff: noqa: SIM115
"""Splink 5 on DuckDB, two threads, on the list and rows of the benchmark. Run by ``peers.py``, outside our venv."""

import json
import sys
import time

import duckdb
import pandas as pd
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

csv_path, rows_path = sys.argv[1:3]
con = duckdb.connect()
con.execute("set threads=2")
roll = con.execute(
    "select row_number() over () as unique_id, clave_elector as clave, nombre||' '||apellido_paterno||' '||"
    "coalesce(apellido_materno,'') as nombre, lpad(cast(seccion as varchar),4,'0') as seccion, "
    "substr(clave_elector,1,6) as letras, substr(clave_elector,7,6) as fecha, substr(clave_elector,13,6) as cola "
    f"from read_csv('{csv_path}', all_varchar=true)"
).df()
asked = json.load(open(rows_path))
rows = pd.DataFrame(
    {
        "unique_id": range(len(asked)),
        "clave": [r["clave"] for r in asked],
        "nombre": [r["nombre"] for r in asked],
        "seccion": [r["seccion"] for r in asked],
        "letras": [r["clave"][:6] for r in asked],
        "fecha": [r["clave"][6:12] for r in asked],
        "cola": [r["clave"][12:] for r in asked],
    }
)
rules = [
    block_on("clave"),
    block_on("seccion", "fecha"),
    block_on("seccion", "letras"),
    block_on("letras", "fecha"),
    block_on("fecha", "cola"),
    block_on("letras", "cola"),
    block_on("seccion", "cola"),
]
settings = SettingsCreator(
    link_type="link_only",
    comparisons=[
        cl.LevenshteinAtThresholds("letras", [1, 2]),
        cl.LevenshteinAtThresholds("fecha", [1, 2]),
        cl.LevenshteinAtThresholds("cola", [1, 2]),
        cl.ExactMatch("seccion"),
        cl.JaroWinklerAtThresholds("nombre", [0.92, 0.8]),
    ],
    blocking_rules_to_generate_predictions=rules,
    probability_two_random_records_match=0.25 / len(roll),
)
api = DuckDBAPI(connection=con)
began = time.perf_counter()
linker = Linker(
    [api.register(rows, dataset_display_name="rows"), api.register(roll, dataset_display_name="roll")], settings
)
linker.training.estimate_u_using_random_sampling(max_pairs=2e6)
linker.training.estimate_parameters_using_expectation_maximisation(block_on("fecha", "letras"))
linker.training.estimate_parameters_using_expectation_maximisation(block_on("seccion", "cola"))
trained = time.perf_counter() - began
began = time.perf_counter()
pairs = linker.inference.predict(threshold_match_probability=0.05).as_pandas_dataframe()
seconds = time.perf_counter() - began
left = pairs["source_dataset_l"].eq("rows")
pairs["row"] = pairs["unique_id_l"].where(left, pairs["unique_id_r"])
pairs["elector"] = pairs["unique_id_r"].where(left, pairs["unique_id_l"])
best = pairs.sort_values("match_probability").groupby("row").last()[["elector", "match_probability"]]
claves = roll.set_index("unique_id")["clave"]
likeliest = ["" if i not in best.index else claves[best["elector"][i]] for i in range(len(asked))]
chances = [0.0 if i not in best.index else float(best["match_probability"][i]) for i in range(len(asked))]
answers = [clave if chance >= 0.95 else "" for clave, chance in zip(likeliest, chances, strict=True)]
peak = int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) // 1024
told = {"answers": answers, "likeliest": likeliest, "chances": chances}
print(json.dumps(told | {"seconds": seconds, "training": trained, "peak_mb": peak}))
