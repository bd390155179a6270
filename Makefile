# study test check bench docs: each makes .venv on first use, and remakes what depends on pyproject.toml.
# PYTHON=/path/to/python3.12 chooses the interpreter that .venv is made with.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory

EXAMPLE := 01_waldbaums
BIN := .venv/bin
PIP := $(BIN)/python -m pip install -q --disable-pip-version-check
PYTHON ?=
PYTEST_ARGS ?=

.PHONY: help study test check static bench docs

help:
	@echo "make study   study the example: a supermarket with a C60 and heat recovery"
	@echo "make test    run the tests"
	@echo "make check   ruff, pyright, import contracts, then the tests"
	@echo "make bench   measure speed against the targets and against peers"
	@echo "make docs    write docs/validation and docs/reference.md anew"

study: .venv/runtime.stamp
	@$(BIN)/brayton study examples/$(EXAMPLE).toml --out out/$(EXAMPLE)
	@echo "The report is out/$(EXAMPLE)/report.html: open it in a browser."

test: .venv/develop.stamp
	$(BIN)/python -m pytest -n auto --dist loadfile $(PYTEST_ARGS)

check: static test

static: .venv/develop.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright
	$(BIN)/lint-imports --no-logo

bench: .venv/develop.stamp
	$(BIN)/python -m benchmarks

docs: .venv/develop.stamp
	$(BIN)/python -m pytest -n auto --dist loadfile tests/validation --write-tables
	$(BIN)/python docs/build_reference.py

.venv/runtime.stamp: pyproject.toml | .venv/bin/python
	@echo "Installing Brayton and what it needs to run into .venv (once; about a minute)."
	@$(PIP) -e .
	@touch $@

.venv/develop.stamp: pyproject.toml | .venv/bin/python
	@echo "Installing Brayton, the test tools and the oracles into .venv (once; some minutes)."
	@$(PIP) -e '.[dev,oracles]'
	@touch .venv/runtime.stamp $@

# A candidate must be new enough and able to make environments: Debian's python3 comes without ensurepip.
.venv/bin/python:
	@for candidate in $${PYTHON:-python3 python3.13 python3.12 python3.11}; do \
		if "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
			echo "Making .venv with $$("$$candidate" --version)."; \
			"$$candidate" -m venv .venv; \
			exit 0; \
		fi; \
	done; \
	echo "Brayton needs Python 3.11 or newer that can make environments (venv, ensurepip). On Debian:" >&2; \
	echo "    apt install python3 python3-venv" >&2; \
	exit 1
