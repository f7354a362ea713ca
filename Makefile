# The list of commands. Everything else is called from here.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= demo-out
ARGS ?= --out $(OUT)
PYTEST ?= $(BIN)/python -m pytest
CATALOGUE := resources/i18n/zh_CN/LC_MESSAGES/fieldapp
STAFF_CATALOGUE := districtserver/locale/zh_Hans/LC_MESSAGES/django

.PHONY: help install demo test check lint format types imports bench campaign screens locks catalogues clean
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

$(VENV)/ready: requirements/dev.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

%.mo: %.po $(VENV)/ready
	$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

install: $(VENV)/ready $(CATALOGUE).mo $(STAFF_CATALOGUE).mo ## everything the other commands need, into .venv

demo: install ## the main job on real parts: five visits, sheets, sync, receipts (PHOTOS=DIR takes real photos)
	PHOTOS="$(PHOTOS)" $(BIN)/fieldapp demo $(ARGS)

test: install ## all tests and checks that CI runs
	$(MAKE) check
	$(PYTEST) -n 3 --dist loadscope --no-loadscope-reorder

check: lint types imports ## ruff, mypy, import contracts

lint: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/ready
	$(BIN)/mypy

imports: $(VENV)/ready
	$(BIN)/lint-imports --no-logo

format: $(VENV)/ready ## put the code into its one form
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .

bench: install ## speed as ratios against floors in the same run
	$(BIN)/python -m bench

campaign: install ## the long runs: many seeds, many kills
	$(PYTEST) -m campaign -n 2

screens: install ## pictures of all screens into build/screens, to be looked at
	$(BIN)/python -m tests.ui.screens build/screens

catalogues: $(VENV)/ready ## collect new texts into the Chinese catalogue, to be translated
	$(BIN)/python resources/i18n/collect.py fieldapp $(CATALOGUE).po
	$(BIN)/python resources/i18n/collect_staff.py districtserver

locks: $(VENV)/ready ## renew the hash-pinned locks, one per extra
	for extra in desktop server; do $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header \
	  --python-version 3.11 --extra $$extra pyproject.toml -o requirements/$$extra.txt; done
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
	  --extra desktop --extra server --extra dev pyproject.toml -o requirements/dev.txt

clean: ## remove what was built, not the environment
	rm -rf build dist $(OUT)
