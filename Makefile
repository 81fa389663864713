# CloudSteps. `make` alone lists what can be done. Needed on the machine: Python 3.11 or newer, make and git.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name) >/dev/null 2>&1 && $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $(name))))
VENV := .venv
BIN := $(VENV)/bin
PO := $(wildcard tracker/*/translations/*/LC_MESSAGES/*.po)
MO := $(PO:.po=.mo)
LOCK := $(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11.0 --no-emit-index-url --no-emit-find-links

# Hashed requirements are all that pip may install; its own release is not worth a line of output.
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-input
ROUNDS ?= 200

.PHONY: help
help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ---------------------------------------------------------------- running

.PHONY: setup
setup: $(VENV)/.package $(MO) ## Make the virtual environment and compile the catalogues (a second time does nothing)

.PHONY: run
run: setup ## Start CloudSteps with demo data on http://127.0.0.1:8000
	@$(BIN)/cloudsteps serve --demo

.PHONY: sandboxes
sandboxes: setup-infra engine ## Install what sandboxes need: SDKs, emulators and the engine (about 1.5 GB; some minutes where the engine must be built)

.PHONY: engine
engine: $(VENV)/.python ## Get the Pulumi engine: from PATH, by its own installer, or built with Go
	@infra_templates/engine/install >/dev/null

.PHONY: seed
seed: setup ## Load the demo data into the database of the settings
	@$(BIN)/cloudsteps migrate
	@$(BIN)/cloudsteps seed-demo

# ---------------------------------------------------------------- checking

.PHONY: test
test: setup-tests ## Install what the tests need and run everything: lint, both databases, faults, browser
	@$(BIN)/python scripts/run_tests.py

.PHONY: lint
lint: setup-dev setup-infra types ## Check style, types, imports and templates
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "Some files are not formatted: make format."; exit 1; }
	@$(BIN)/bandit --quiet --configfile pyproject.toml --recursive tracker infra_templates
	@$(BIN)/lint-imports
	@$(BIN)/djlint --lint --quiet tracker

.PHONY: types
types: setup-dev setup-infra ## Check types only
	@$(BIN)/mypy

.PHONY: format
format: setup-dev ## Put the code into shape
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

.PHONY: check
check: lint ## Before a commit: lint, unit tests and playbooks, within a minute
	@$(BIN)/pytest -q tests/unit
	@$(BIN)/cloudsteps check-playbooks

.PHONY: faults
faults: setup-tests ## Kill processes under load, 200 rounds on each database and against the real engine (ROUNDS=…); let every template live
	@CLOUDSTEPS_FAULT_ROUNDS=$(ROUNDS) CLOUDSTEPS_ENGINE_FAULT_ROUNDS=$(ROUNDS) CLOUDSTEPS_TEMPLATE_LIVES=all $(BIN)/python scripts/run_tests.py faults-sqlite faults-postgres engine sandboxes

.PHONY: bench
bench: setup-tests engine ## Measure pages against bare ones on both databases, the drill and the stacks (ARGS="--scale 10")
	@scripts/system-packages.sh wrk
	@$(BIN)/python -m benchmarks.run $(ARGS)
	@$(BIN)/python -m benchmarks.events
	@$(BIN)/python -m benchmarks.drill
	@$(BIN)/python -m benchmarks.stacks
	@$(BIN)/python -m benchmarks.imports
	@$(BIN)/python -m benchmarks.sandboxes
	@$(BIN)/python -m benchmarks.live_log

# ---------------------------------------------------------------- making

.PHONY: catalogues
catalogues: setup ## Bring each feature's catalogue in line with its code (ARGS="core web"), and compile it
	@$(BIN)/python scripts/catalogues.py $(ARGS)
	@$(MAKE) --no-print-directory setup

.PHONY: screenshots
screenshots: setup-tests ## Take the screenshots of the README
	@$(BIN)/python -m scripts.screenshots

.PHONY: lock
lock: setup-dev ## Resolve requirements/*.in into hashed locks for Python 3.11.0 and newer
	@$(LOCK) requirements/app.in --output-file requirements/app.txt
	@$(LOCK) requirements/dev.in --output-file requirements/dev.txt
	@$(LOCK) requirements/build.in --output-file requirements/build.txt
	@$(LOCK) requirements/infra.in --output-file requirements/infra.txt
	@npm install --prefix infra_templates/practice --package-lock-only --ignore-scripts --no-audit --no-fund --loglevel=error

.PHONY: holidays
holidays: setup-dev ## Renew the table of Taiwan's holidays after `make lock`
	@$(BIN)/python scripts/holidays_table.py

.PHONY: clean
clean: ## Remove the environment, caches and compiled catalogues; data in var/ stays
	@rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist $(MO)
	@find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

# ---------------------------------------------------------------- how

$(VENV)/.python:
	@test -n "$(PYTHON)" || { echo "CloudSteps needs Python 3.11 or newer; none was found on PATH." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments: on Debian and Ubuntu, apt-get install python3-venv." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.app: requirements/app.txt requirements/build.txt $(VENV)/.python
	@echo "Installing the packages that CloudSteps stands on ..."
	@$(PIP) --require-hashes --requirement requirements/build.txt
	@$(PIP) --require-hashes --no-build-isolation --use-pep517 --requirement requirements/app.txt
	@touch $@

$(VENV)/.package: pyproject.toml $(VENV)/.app
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.package
	@echo "Installing what the tests and checks need ..."
	@$(PIP) --require-hashes --requirement requirements/dev.txt
	@touch $@

$(VENV)/.infra: requirements/infra.txt $(VENV)/.package
	@echo "Installing the SDKs of the clouds and their emulators ..."
	@$(PIP) --require-hashes --requirement requirements/infra.txt
	@touch $@

%.mo: %.po $(VENV)/.app
	@$(BIN)/python -m babel.messages.frontend --quiet compile --input-file $< --output-file $@

.PHONY: setup-dev
setup-dev: setup $(VENV)/.dev

.PHONY: setup-infra
setup-infra: setup $(VENV)/.infra
	@scripts/azurite.sh

.PHONY: setup-tests
setup-tests: setup-dev setup-infra
	@scripts/system-packages.sh
