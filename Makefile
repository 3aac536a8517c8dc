# Every target sets up what it needs by itself; only Python 3.11, make and git are expected.

.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)

export DJANGO_SETTINGS_MODULE := editor.settings
# Containers tend to set it; then each worker and server of a test compiles everything anew, a third of its time.
unexport PYTHONDONTWRITEBYTECODE

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

# Hashed and compressed copies for browsers; made again when a source file or a folder changed.
staticfiles/staticfiles.json: $(VENV)/.runtime $(shell find static editor/lib/storage.py)
	@echo "Collecting static files"
	@$(BIN)/python manage.py collectstatic --noinput --clear --verbosity 0
	@touch $@

.PHONY: run
run: $(VENV)/.runtime staticfiles/staticfiles.json ## Start Trellis with a demo team (PORT=8000, DATA_DIR=./data)
	@exec $(BIN)/python manage.py serve --demo

# Browser tests run by themselves: Playwright keeps an event loop in its thread, where other tests start their own.
# What fails is run once more, one after the other: a machine too busy for a browser is no fault of ours. What fails
# twice has failed.
PYTEST := $(BIN)/pytest -n auto --maxprocesses 4 --durations 12 --durations-min 5
once_more = $(1) || { echo "== Once more, just what failed"; $(1) -n 0 --last-failed --last-failed-no-failures none; }

.PHONY: test
test: $(VENV)/.dev ## Run all tests, browser tests included (ARGS="tests/trees -k codec" for some)
	@CHROMIUM="$$(tools/chromium $(BIN)/python)" && export CHROMIUM && \
	if [ -n "$(ARGS)" ]; then $(PYTEST) $(ARGS); else \
	{ $(call once_more,$(PYTEST) --ignore tests/browser); } && { $(call once_more,$(PYTEST) tests/browser); }; fi

.PHONY: check
check: $(VENV)/.dev ## Lint, types, import contracts, Django's own checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py check
	$(BIN)/python manage.py makemigrations --check --dry-run

.PHONY: bench
bench: $(VENV)/.dev ## Print the measured speed of what must be fast
	@for file in bench/[a-z]*.py; do echo "== $$file"; $(BIN)/python -m "bench.$$(basename $$file .py)" || exit 1; done

.PHONY: icons
icons: ## Draw static/icons.svg again from tools/icons.txt (needs npm)
	$(PYTHON) tools/icons

.PHONY: lock
lock: ## Pin every package again from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --no-strip-extras --python-version 3.11 --generate-hashes --custom-compile-command "make lock" pyproject.toml --output-file requirements.lock
	uv pip compile --quiet --universal --no-strip-extras --python-version 3.11 --generate-hashes --custom-compile-command "make lock" pyproject.toml --group dev --constraint requirements.lock --output-file requirements-dev.lock

.PHONY: clean
clean: ## Remove what make made: environment, collected files, caches; never data
	rm -rf $(VENV) staticfiles .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -prune -exec rm -rf {} +
