# Every target sets up what it needs; a fresh machine needs Python >= 3.11, make, Java >= 17 and Maven.
PYTHON ?= $(shell sh deploy/interpreter.sh)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help venv lock demo down test lint unit simulate chaos fuzz-x12 kernel journeys faults bench bench-x12 contracts clean

help:  ## Show the targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(STAMP): requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed. Install it with: apt-get install -y python3 python3-venv (or: dnf install python3.11, brew install python@3.11), or name it: make PYTHON=python3.12"; exit 1; }
	@echo "making the environment in $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV) || { echo "Install venv with: apt-get install -y python3-venv"; exit 1; }
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -c "import pathlib, sysconfig; p = pathlib.Path(sysconfig.get_path('purelib')); (p / 'claimlog.pth').write_text('$(CURDIR)\n')"
	@printf '#!/bin/sh\nexec "%s/python" -m cli "$$@"\n' "$(CURDIR)/$(BIN)" > $(BIN)/claimlog && chmod +x $(BIN)/claimlog
	@touch $(STAMP)

venv: $(STAMP)  ## Make the environment from the lock file with hashes

lock: venv  ## Write the lock files anew from pyproject.toml
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 --extra dev pyproject.toml -o requirements-dev.lock

demo: venv  ## Start everything and carry 2,000 encounters to posted payments (ARGS=--exit ends by itself)
	@$(BIN)/claimlog demo $(ARGS)

down: venv  ## Stop everything that was started here
	@$(BIN)/claimlog down

test: venv lint unit kernel journeys faults  ## Everything that must hold
	@echo "all of it passed; nothing is left running"

lint: venv  ## Style, types and the rules of the house
	@echo "lint: ruff, mypy, import rules"
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

unit: venv  ## Pure tests: nothing is started
	@echo "unit: pure rules, contracts and X12; nothing is started"
	@$(BIN)/pytest -n logical --maxprocesses 8 --dist loadfile tests/unit tests/contracts tests/x12 tests/simulation

simulate: venv  ## The kernel in virtual time with faults from a seed (SEEDS=2000, or SEED=n for one again)
	@$(BIN)/python -m tests.simulation $(if $(SEED),--seed $(SEED),--seeds $(or $(SEEDS),500)) $(ARGS)

chaos: venv  ## Faults from seeds on the real stack under load (ROWS=1,rolling SEEDS=3; ARGS=--list tells them)
	@$(BIN)/python -m tests.faults $(if $(ROWS),--rows $(ROWS)) $(if $(SEEDS),--seeds $(SEEDS)) $(if $(FIRST),--first $(FIRST)) $(ARGS)

fuzz-x12: venv  ## Throw broken X12 files at every reader (SECONDS=60)
	@$(BIN)/python -m tests.x12.fuzz --seconds $(or $(SECONDS),60) $(ARGS)

kernel: venv  ## The kernel on a real Kafka and a real PostgreSQL
	@echo "kernel: starts two Kafkas and two PostgreSQLs of its own under .claimlog-test/"
	@$(BIN)/pytest -n 2 --dist loadfile tests/stack tests/kernel

journeys: venv  ## Whole lives of claims on the real stack
	@echo "journeys: starts Kafka, PostgreSQL and all services under .claimlog-test/"
	@$(BIN)/pytest tests/journeys

faults: venv  ## A few faults of the laboratory (`make chaos` plays all of them)
	@echo "faults: starts Kafka, PostgreSQL and all services behind proxies under .claimlog-test/"
	@$(BIN)/pytest tests/faults

bench: venv  ## Measure: claims per second, CPU per claim, kernel and rebuild speed
	@$(BIN)/python -m benchmarks $(ARGS)

bench-x12: venv  ## Measure: X12 read, checked and written on one core, memory, and other libraries
	@$(BIN)/python -m benchmarks.x12 $(ARGS)

contracts: venv  ## Generate JSON Schemas and the AsyncAPI document
	@$(BIN)/python -m contracts.generate

clean:  ## Stop everything; remove data, caches and the environment
	@if [ -x $(BIN)/claimlog ]; then $(BIN)/claimlog down --erase; fi
	rm -rf .claimlog .claimlog-test $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
