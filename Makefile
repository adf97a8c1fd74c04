# Everything a person runs, in one place. `make help` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
SERVE ?= 1
DEMO_DATA ?= var/demo
BIN := .venv/bin

RUNTIME := tesseract-ocr tesseract-ocr-spa python3-venv
TESTING := postgresql chromium poppler-utils fonts-dejavu-core

.PHONY: help demo test check format bench bench-match bench-ocr bench-law bench-dictamen bench-api bench-web validate validate-api chaos samples clean

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

.venv/ready: requirements.lock pyproject.toml
	@bash .ci/packages $(RUNTIME)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Se necesita Python 3.11 o posterior."; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Instalando dependencias (una sola vez)..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: .venv/ready  ## the main job on the sample scans, then the web pages on 127.0.0.1:8323 (SERVE=0 ends before)
	@$(BIN)/python -m samples.demo --data $(DEMO_DATA) $(if $(filter 0,$(SERVE)),,--serve)

test: .venv/ready  ## the whole suite
	@bash .ci/packages $(TESTING)
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -q

check: .venv/ready  ## format, lint, types, imports, tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(MAKE) test

format: .venv/ready  ## put the code in its form
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: bench-law bench-match bench-ocr bench-dictamen  ## every benchmark

bench-law: .venv/ready  ## a million records ruled
	@$(BIN)/python -m bench.law

bench-match: .venv/ready  ## search in 1 and 8 million electors, beside the peers
	@$(BIN)/python -m bench.match

bench-ocr: .venv/ready  ## reading, beside the peers
	@$(BIN)/python -m bench.ocr

bench-dictamen: .venv/ready  ## a dictamen of 200,000 records issued and verified
	@$(BIN)/python bench/dictamen/bench_dictamen.py 200000 && $(BIN)/python bench/dictamen/bench_store.py 200000

bench-api: .venv/ready  ## 20,000 and 200,000 records as CSV and workbook: speed, flat memory
	@PYTHONPATH=. $(BIN)/python bench/api/bench_stream.py

bench-web: .venv/ready  ## every page every role reaches on the demo's data, in Chromium at two widths: axe, dead ends, pictures
	@$(BIN)/python -m bench.web.look --data $(DEMO_DATA) --pictures var/pictures

validate-api: .venv/ready  ## schemathesis at length on every operation of the API (about ten minutes)
	@RESPALDO_API_CASES=300 $(BIN)/pytest -q tests/web/test_api_schemathesis.py

validate: .venv/ready  ## the same story written in real ink (RESPALDO_DATOS), read and ruled the same way
	@rm -rf var/tinta && $(BIN)/python samples/make.py --ink real --out var/tinta >/dev/null
	@$(BIN)/python -m samples.demo --samples var/tinta --data var/tinta-demo

chaos: .venv/ready  ## workers killed in the middle of pages, and nothing lost or doubled
	@$(BIN)/python -m bench.chaos

samples: .venv/ready  ## draw the samples anew
	@$(BIN)/python -m samples.make

clean:  ## forget what was built here
	@rm -rf .venv var bench-out
