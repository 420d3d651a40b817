# Everything a newcomer types. Needs Python 3.11 or newer and make; the rest is fetched into .venv and node_modules.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PY := $(BIN)/python
# Commands that look at the code alone need settings, not servers.
NO_SERVERS := DATABASE_URL=postgresql:///none REDIS_URL=redis://127.0.0.1:1/0 DJANGO_SETTINGS_MODULE=config.settings.test

.PHONY: help install dev run test lint types layers migrations check audit bench chaos demo-reset clean

help:
	@echo "make run         start everything: http://127.0.0.1:8000/ (PORT=, HOST=, TRIAL_SPEED=)"
	@echo "make test        all tests, on a PostgreSQL and a Valkey of their own"
	@echo "make check       lint, types, import layers, migrations, then the tests"
	@echo "make audit       known vulnerabilities in what is pinned (asks api.osv.dev)"
	@echo "make demo-reset  throw the trial's data away and load the demo county again"
	@echo "make bench       the benchmarks"
	@echo "make chaos       kill anything at random moments for 50 rounds, then count (ROUNDS=, WORKERS=, SEED=)"

# Each stamp bears the hash of what it was made from, so an unchanged set-up costs nothing.
RUN_STAMP = .venv/.run-$(shell cat requirements.txt | cksum | cut -d' ' -f1)
DEV_STAMP = .venv/.dev-$(shell cat requirements.txt requirements-dev.txt | cksum | cut -d' ' -f1)
NPM_STAMP = node_modules/.npm-$(shell cat package-lock.json | cksum | cut -d' ' -f1)

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and none was found; set PYTHON=/path/to/python3."; exit 1; }
	$(PYTHON) -m venv .venv

$(RUN_STAMP): | .venv/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@rm -f .venv/.run-* && touch $@

$(DEV_STAMP): | .venv/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements-dev.txt
	@rm -f .venv/.dev-* .venv/.run-* && touch $@ $(RUN_STAMP)

$(NPM_STAMP): | $(RUN_STAMP)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

install: $(RUN_STAMP) $(NPM_STAMP)

dev: $(DEV_STAMP) $(NPM_STAMP)

run: install
	@PORT="$(PORT)" HOST="$(HOST)" exec $(PY) -m config.supervisor

test: dev
	$(PY) -m pytest $(if $(PYTEST_ARGS),$(PYTEST_ARGS),-n 2 --dist worksteal)

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: dev
	$(NO_SERVERS) $(PY) -m mypy .

layers: dev
	$(PY) -c "from importlinter.cli import lint_imports_command as lint; lint()"

migrations: dev
	$(NO_SERVERS) $(PY) -W ignore manage.py makemigrations --check --dry-run

check: lint types layers migrations test

# Apart from .venv, so that its own needs never pin ours. --strict: a package that could not be looked up is a failure.
AUDIT := .venv/audit/bin
audit: dev
	@test -x $(AUDIT)/pip-audit || { $(PY) -m venv .venv/audit && $(AUDIT)/pip install --quiet --disable-pip-version-check pip-audit==2.10.1; }
	$(AUDIT)/pip-audit --strict --vulnerability-service osv --no-deps --disable-pip --progress-spinner off -r requirements.txt -r requirements-dev.txt

bench: dev
	@set -e; found=0; for script in bench/[a-z]*.py; do test -e "$$script" || continue; found=1; \
		echo "== $$script"; $(PY) "$$script"; done; test $$found = 1 || echo "No benchmarks yet."

chaos: dev
	$(PY) -m tests.chaos --rounds $(or $(ROUNDS),50) --workers $(or $(WORKERS),2) $(if $(SEED),--seed $(SEED))

demo-reset: install
	@exec $(PY) -m config.demo_reset

clean:
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
