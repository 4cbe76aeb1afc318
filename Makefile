# Paperloop: `make demo` shows it, `make test` checks it. Every target sets up what it needs.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := setup
.PHONY: setup demo awful others test bench bench-full bench-setup lint messages lock clean

RUN := .venv/bin/
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	&& { echo $$p; break; }; done)
CATALOGUE := -D paperloop -d pipeline/locale

setup: .venv/.installed

# Looked for by what they do, whoever installed them; named as apt names them. Without the right
# to install, the command is shown and the work goes on: `paperloop doctor` says what else there is.
.venv/.tools:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is missing"; exit 1; }
	@mkdir -p .venv output
	@missing=$$( \
		command -v tesseract >/dev/null || echo tesseract-ocr; \
		tesseract --list-langs 2>/dev/null | grep -qx rus || echo tesseract-ocr-rus; \
		ls $$(dirname $$(readlink -f $$(command -v soffice || echo /x)))/libswlo.so >/dev/null 2>&1 \
			|| echo libreoffice-writer-nogui; \
		ls /usr/share/fonts/truetype/liberation*/LiberationSerif-Regular.ttf >/dev/null 2>&1 \
			|| echo fonts-liberation; \
		ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || echo postgresql; \
		$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv); \
	test -n "$$missing" || { touch $@; exit 0; }; \
	root=; test $$(id -u) = 0 || root="sudo -n"; \
	if command -v apt-get >/dev/null && $$root true 2>/dev/null; then \
		echo "installing:" $$missing; \
		$$root apt-get update -qq; \
		$$root env DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
		touch $@; \
	else \
		echo "missing; install them yourself: sudo apt-get install" $$missing; \
	fi

.venv/.installed: requirements.lock pyproject.toml | .venv/.tools
	@test -x $(RUN)pip || $(PYTHON) -m venv .venv
	@echo "installing the Python packages into .venv"
	@$(RUN)pip install -q --disable-pip-version-check -r requirements.lock
	@$(RUN)pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup
	@$(RUN)python -m tests.demo

# A stack in which every sheet is spoilt in another way, and the report that intake writes of it.
awful: setup
	@$(RUN)python -m tests.awful

# A stack of everybody else's paper: what intake makes of forms and documents not printed here.
others: setup
	@$(RUN)python -m tests.others

test: lint
	$(RUN)pytest -n 2

lint: setup
	$(RUN)ruff check .
	$(RUN)ruff format --check .
	$(RUN)mypy

bench: bench-setup
	@$(RUN)python -m tests.bench

# `make bench-full PAGES=7500`: how many honest pages; hours.
bench-full: bench-setup
	@$(RUN)python -m tests.bench --full

# OCRmyPDF, to be measured beside: in an environment of its own, its needs are not ours.
bench-setup: setup .venv-bench/.installed

.venv-bench/.installed: tests/bench/requirements.txt | setup
	@test -x .venv-bench/bin/pip || $(PYTHON) -m venv .venv-bench
	@echo "installing OCRmyPDF into .venv-bench"
	@.venv-bench/bin/pip install -q --disable-pip-version-check -r $<
	@touch $@

# New messages go into the catalogue untranslated: translate them, run again, commit both files.
messages: setup
	$(RUN)pybabel -q extract --no-location --sort-output -o output/paperloop.pot pipeline
	$(RUN)pybabel -q update $(CATALOGUE) -l ru -i output/paperloop.pot \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(RUN)pybabel -q compile $(CATALOGUE)

lock: setup
	$(RUN)pip install -q uv
	$(RUN)uv pip compile -q --upgrade pyproject.toml --extra dev --universal \
		--python-version 3.11 -o requirements.lock

# Everything that setup made; never what a user made.
clean:
	rm -rf .venv .venv-bench .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
