# make demo | test | lint | docs | rule | bench | e2e | fuzz | truth | clean: each sets up .venv first, if need be.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
WORKERS ?= 2
ACTIVATED := VIRTUAL_ENV="$(CURDIR)/$(VENV)" PATH="$(CURDIR)/$(BIN):$$PATH"

.DEFAULT_GOAL := help
.PHONY: help demo test lint docs rule bench e2e fuzz truth releases clean
.SILENT:

help:
	sed -n 's/^## //p' Makefile

# Written last by the set-up: a .venv without it was interrupted, and is made anew.
$(READY): pyproject.toml constraints.txt .ci/setup-venv
	.ci/setup-venv $(VENV)

## make demo    from a config with mistakes to a validated export, and inference with it
demo: $(READY)
	$(ACTIVATED) bash tests/demo/demo.sh

## make test    lint, types, import directions and every fast test
test: lint
	echo "tests ($(WORKERS) at a time)"
	$(BIN)/python -m pytest -q -n $(WORKERS) -m "not e2e and not truth and not fuzz"

## make lint    formatting, lint and types
lint: $(READY)
	echo "ruff format, ruff check, ty"
	$(BIN)/ruff format --check --quiet . || { echo "run: $(BIN)/ruff format ."; exit 1; }
	$(BIN)/ruff check --quiet .
	$(BIN)/ty check --quiet --python $(VENV)

## make docs    renew what is made from the sources: docs/rules, docs/settings.md, the JSON Schema of settings
docs: $(READY)
	$(BIN)/python .ci/make-docs.py

## make rule NC999-some-name   write the skeleton of a rule and of its test
rule: $(READY)
	$(BIN)/python .ci/make-rule.py $(filter-out rule,$(MAKECMDGOALS))

ifeq (rule,$(firstword $(MAKECMDGOALS)))
# The name is a goal to make, and nothing to be made.
$(filter-out rule,$(MAKECMDGOALS)):
	:
endif

## make e2e     the wheel in a fresh environment, the demo, whole programs
e2e: $(READY)
	$(BIN)/python -m pytest -q -m e2e

## make bench   how fast it is (medians; these tables are not tests)
bench: $(READY)
	$(BIN)/python tests/bench/bench.py
	$(BIN)/python tests/bench/language_servers.py

## make releases  renew the catalog's facts of releases of transformers: after each change of what it reads
releases: $(READY)
	PYTHONHASHSEED=0 $(BIN)/python .ci/make-releases.py

## make fuzz    every prefix of a real file, and thousands of random edits (some minutes)
fuzz: $(READY)
	$(BIN)/python -m pytest -q -n $(WORKERS) -m fuzz --timeout 3000

## make truth   what the catalog says of every class, held against the imported packages (some minutes)
truth: $(READY)
	$(BIN)/python -m pytest -q -n $(WORKERS) -m truth

## make clean   remove what the others made
clean:
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
