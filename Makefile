# Everything a newcomer needs, by name. `make help` lists it.
# Each target sets up what it lacks (Debian packages, Python environment, front end) and says so.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
HAIDANG_DIR ?= var/demo
HAIDANG_PORT ?= 8000
export PIP_DISABLE_PIP_VERSION_CHECK := 1

DIST := src/haidang/web/static/haidang/dist
UI_SOURCES := $(shell find web-ui -path web-ui/node_modules -prune -o -type f -print 2>/dev/null)
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard src/haidang/web/locale/*/LC_MESSAGES/*.po))

.PHONY: help demo setup test check fast traceability bench lock ui clean

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: export HAIDANG_DIR := $(HAIDANG_DIR)
demo: export HAIDANG_PORT := $(HAIDANG_PORT)
demo: setup ## set up, then run the whole system with simulated cameras
	$(BIN)/haidang demo

setup: $(VENV)/.server $(DIST)/.built $(CATALOGUES) ## what running needs, nothing else

test: $(VENV)/.dev $(DIST)/.built $(CATALOGUES) check ## every check and test; the one command CI runs
	deploy/debian-packages.sh test
	$(BIN)/python tests/run.py

check: $(VENV)/.dev ui-check ## lint, types, import contracts, front-end checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fast: $(VENV)/.dev $(DIST)/.built $(CATALOGUES) ## the hermetic tests alone, in seconds
	$(BIN)/python tests/run.py --fast

traceability: $(VENV)/.dev $(DIST)/.built $(CATALOGUES) ## run the acceptance tests; writes docs/ref/traceability.md
	PYTHONPATH=tests $(BIN)/python -m acceptance.traceability

bench: $(VENV)/.dev $(DIST)/.built ## measure against the named rivals; writes docs/ref/performance.md
	deploy/debian-packages.sh test
	$(BIN)/python bench/report.py

lock: $(VENV)/.dev ## resolve the lock files anew (needs uv from PyPI)
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile -q --upgrade --generate-hashes --no-emit-index-url --no-annotate --no-header \
		--python-version 3.11 --extra server --extra build pyproject.toml -o requirements/server.txt
	$(BIN)/uv pip compile -q --upgrade --generate-hashes --no-emit-index-url --no-annotate --no-header \
		--python-version 3.11 --extra dev pyproject.toml -o requirements/dev.txt

ui: $(DIST)/.built ## build the front end

clean: ## remove what the targets made here, except recordings
	rm -rf $(VENV) web-ui/node_modules $(DIST) .mypy_cache .ruff_cache .hypothesis

.PHONY: ui-check
ui-check: web-ui/node_modules/.installed
	cd web-ui && $(CURDIR)/deploy/npm.sh run check

$(VENV)/.server: requirements/server.txt pyproject.toml
	deploy/debian-packages.sh demo
	@echo "== Python environment (requirements/server.txt)"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --require-hashes --requirement requirements/server.txt
	$(BIN)/pip install --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.server requirements/dev.txt
	@echo "== Python environment for tests (requirements/dev.txt)"
	$(BIN)/pip install --require-hashes --requirement requirements/dev.txt
	touch $@

web-ui/node_modules/.installed: web-ui/package-lock.json $(VENV)/.server
	@echo "== front end: npm packages"
	cd web-ui && $(CURDIR)/deploy/npm.sh ci --no-audit --no-fund
	touch $@

$(DIST)/.built: web-ui/node_modules/.installed $(UI_SOURCES)
	@echo "== front end: build"
	cd web-ui && $(CURDIR)/deploy/npm.sh run build
	touch $@

%.mo: %.po $(VENV)/.server
	msgfmt --check-format -o $@ $<
