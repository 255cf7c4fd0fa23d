# Everything is set up by the targets themselves; only Python 3.11 or newer with venv and pip is needed.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PACKAGES := -p whosees.rules -p whosees.engine -p whosees.reports -p whosees.checker

.PHONY: help demo test test-spark check-format lint types imports unit install install-dev lock clean

help:
	@echo 'make demo         set up what is needed, judge the examples, explain one missing field'
	@echo 'make test         set up what is needed, run every check'
	@echo 'make test-spark   run the tests on Apache Spark, which needs Java 17'
	@echo 'make lock         pin the development environment anew, from pyproject.toml'
	@echo 'make clean        remove what the other targets made'
	@echo 'Longer than a test, each with its figures in docs/assurance.md or benchmarks/RESULTS.md:'
	@echo 'make assure       a second reading, and every mutant of the rulebook (half an hour)'
	@echo 'make assure-code  the mutants of the code (an hour or less); MODULES="engine.diff …" names some'
	@echo 'make mutants      every leak and omission in every way of writing a message'
	@echo 'make secrecy      look for planted texts in all that is written, more widely than make test does'
	@echo 'make fuzz         fuzz every reader, SECONDS=600 in all'
	@echo 'make bench        take every ratio beside its target'
	@echo 'Releasing, see docs/supply-chain.md: dist, test-dist, test-lowest, test-newest, licences, sbom'

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

install: $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[yaml]'

# The development environment is pinned, hashes and all; it is installed anew when the pins change.
$(VENV)/.pinned: requirements-dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-dev.txt
	@touch $@

# Strict, so that static tools see the four folders as whosees.*; anew each time, so that they see new files.
install-dev: $(VENV)/.pinned
	@rm -rf build/__editable__*
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable . --config-settings editable_mode=strict

demo: install
	@echo
	@echo '$$ whosees check examples'
	@$(BIN)/whosees check examples || test $$? = 1
	@echo
	@echo '$$ whosees explain agenda --service MC --caller anonymous --password not-supplied'
	@$(BIN)/whosees explain agenda --service MC --caller anonymous --password not-supplied

test: install-dev check-format lint types imports unit

check-format: install-dev
	$(BIN)/ruff format --check .

lint: install-dev
	$(BIN)/ruff check .

types: install-dev
	$(BIN)/mypy $(PACKAGES)
	cd tests && ../$(BIN)/mypy --config-file ../pyproject.toml .

imports: install-dev
	$(BIN)/lint-imports

unit: install-dev
	$(BIN)/python -m pytest --numprocesses 2 --cov --cov-report=term

# Spark is large, and needs Java: it has pins and a target of its own, and its tests are skipped where it is not.
$(VENV)/.spark: requirements-spark.txt $(VENV)/.pinned
	$(BIN)/python -m pip install --quiet --no-build-isolation --require-hashes --requirement requirements-spark.txt
	@touch $@

test-spark: install-dev $(VENV)/.spark
	$(BIN)/python -m pytest tests/checker/integrations/spark

lock: $(BIN)/python
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 --extra dev pyproject.toml --output-file requirements-dev.txt
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 --extra spark --constraint requirements-dev.txt pyproject.toml \
		--output-file requirements-spark.txt
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 --extra dev --extra assure --constraint requirements-dev.txt pyproject.toml \
		--output-file requirements-assure.txt

include assure.mk release.mk

clean:
	rm -rf $(VENV) build dist *.egg-info .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
