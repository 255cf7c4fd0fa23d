# Everything is set up by the targets themselves; only Python 3.11 or newer with venv and pip is needed.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PACKAGES := -p sightline.rules -p sightline.engine -p sightline.reports -p sightline.checker

.PHONY: help demo test check-format lint types imports unit assure assure-code install install-dev lock clean

help:
	@echo 'make demo   set up what is needed, judge the examples, explain one missing field'
	@echo 'make test   set up what is needed, run every check'
	@echo 'make assure       compare with a second reading, and see that every mutant of the rulebook is noticed (half an hour)'
	@echo 'make assure-code  the same of the mutants of the code (half an hour); MODULES="engine.diff …" names other modules'
	@echo 'make lock   pin the development environment anew, from pyproject.toml'
	@echo 'make clean  remove what the other targets made'

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

install: $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[yaml]'

# The development environment is pinned, hashes and all; it is installed anew when the pins change.
$(VENV)/.pinned: requirements-dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-dev.txt
	@touch $@

# Strict, so that static tools see the four folders as sightline.*; anew each time, so that they see new files.
install-dev: $(VENV)/.pinned
	@rm -rf build/__editable__*
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable . --config-settings editable_mode=strict

demo: install
	@echo
	@echo '$$ sightline check examples'
	@$(BIN)/sightline check examples || test $$? = 1
	@echo
	@echo '$$ sightline explain agenda --service MC --caller anonymous --password not-supplied'
	@$(BIN)/sightline explain agenda --service MC --caller anonymous --password not-supplied

test: install-dev check-format lint types imports unit

check-format: install-dev
	$(BIN)/ruff format --check .

lint: install-dev
	$(BIN)/ruff check .

types: install-dev
	$(BIN)/mypy $(PACKAGES)
	$(BIN)/mypy tests

imports: install-dev
	$(BIN)/lint-imports

unit: install-dev
	$(BIN)/python -m pytest --numprocesses 2 --cov --cov-report=term

# Not part of `make test`: docs/assurance.md tells what they did when they were run last.
assure: install-dev
	$(BIN)/python -m pytest -q tests/oracle tests/rulebook tests/mutation
	PYTHONPATH=tests $(BIN)/python -m mutation.rulebook_campaign

$(VENV)/.pinned-assure: requirements-assure.txt $(VENV)/.pinned
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-assure.txt
	@touch $@

assure-code: install-dev $(VENV)/.pinned-assure
	PYTHONPATH=tests $(BIN)/python -m mutation.code_campaign $(MODULES)

lock: $(BIN)/python
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 --extra dev pyproject.toml --output-file requirements-dev.txt
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 --extra dev --extra assure --constraint requirements-dev.txt pyproject.toml \
		--output-file requirements-assure.txt

clean:
	rm -rf $(VENV) build dist *.egg-info .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
