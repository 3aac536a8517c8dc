# Every target sets up what it needs by itself; only Python 3.11, make and git are expected.

.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)

export DJANGO_SETTINGS_MODULE := editor.settings

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | awk -F'\t' '{printf "  make %-8s %s\n", $$1, $$2}'

# The stamp is as new as the lock it was installed from.
$(VENV)/.runtime: requirements.lock
	@tools/venv $(VENV) $(PYTHON) requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock
	@tools/venv $(VENV) $(PYTHON) requirements-dev.lock
	@touch $(VENV)/.runtime $@

.PHONY: lock
lock: ## Pin every package again from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" pyproject.toml --output-file requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" pyproject.toml --group dev --constraint requirements.lock --output-file requirements-dev.lock
