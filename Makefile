# make run   the app with its own demo data, on a machine with Python 3.11+, make and git only
# make test  every test; brings what it needs, browser included
# make soak  the fault tests with large numbers, and a whole day: half an hour
# make check format, lint, words, import contracts, types: fastest first

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
PY := $(VENV)/bin/python
BUILT := static/dist/manifest.json
# Folders too: their time changes when a file goes away.
CLIENT_SOURCES := $(shell find static/src webapp/words -not -name '.*') \
	$(wildcard static/build/*.mjs static/build/*.py) package-lock.json
export DOCKPROOF_HOME ?= instance/demo

.PHONY: help run test soak check client watch format words imports clean
help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

run: $(VENV)/.dockproof-build $(BUILT)
	@$(VENV)/bin/dockproof serve --demo $(ARGS)

test: $(VENV)/.dockproof-dev node_modules/.dockproof-dev $(BUILT)
	@.ci/ensure-browser
	@env -u DOCKPROOF_HOME $(PY) -m pytest -q -n auto --maxprocesses=4 --dist worksteal $(ARGS)

soak: $(VENV)/.dockproof-dev $(BUILT)
	@env -u DOCKPROOF_HOME $(PY) -m tests.faults.soak $(ARGS)

check: $(VENV)/.dockproof-dev node_modules/.dockproof-dev
	@$(VENV)/bin/ruff format --check --quiet . || { echo 'Not formatted: run make format.' >&2; exit 1; }
	@$(VENV)/bin/ruff check --quiet .
	@$(PY) -m tests.architecture.catalogue
	@$(VENV)/bin/lint-imports > .venv/lint-imports.txt || { cat .venv/lint-imports.txt; exit 1; }
	@$(VENV)/bin/mypy --no-error-summary
	@$(PY) static/build/client.py --types
	@echo 'check: format, lint, words, import contracts, Python types, client types: all right'

client: $(VENV)/.dockproof-build
	@$(PY) static/build/client.py --strict

watch: $(VENV)/.dockproof-build
	@$(PY) static/build/client.py --watch

format: $(VENV)/.dockproof-dev
	@$(VENV)/bin/ruff format .
	@$(VENV)/bin/ruff check --fix .

clean:
	rm -rf static/dist node_modules .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(BUILT): $(CLIENT_SOURCES) | $(VENV)/.dockproof-build
	@$(PY) static/build/client.py --strict

$(VENV)/.dockproof-build: pyproject.toml .ci/ensure-venv
	@.ci/ensure-venv build

$(VENV)/.dockproof-dev: pyproject.toml .ci/ensure-venv
	@.ci/ensure-venv dev

node_modules/.dockproof-dev: package-lock.json | $(VENV)/.dockproof-dev
	@$(PY) static/build/client.py --packages-only --dev
	@touch $@
