# Everything is set up by the targets themselves; only Python 3.11 or newer with venv and pip is needed.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PACKAGES := -p whosees

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Compiled modules are kept: the tests start hundreds of processes, and each would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

# Tests of `make quick`: those without a browser, a server, tables, or campaigns of many processes or examples. Single
# tests that start several processes are marked.
QUICK := -m "not processes" tests/rules tests/engine tests/checker/messages tests/checker/checking tests/checker/cli tests/checker/recordings tests/reports \
	$(addprefix --ignore tests/,reports/explorer reports/test_command.py reports/test_page.py reports/test_streaming.py \
		reports/test_table.py checker/checking/test_random_rulebooks.py checker/checking/test_shipped_laws.py \
		checker/cli/test_terminal.py checker/recordings/test_arrow.py checker/recordings/test_bombs.py)

.PHONY: help demo quick test test-spark static check-format lint types imports unit install install-dev lock clean

help:
	@echo 'make demo         judge three recorded responses, and explain one missing field'
	@echo 'make quick        the checks to run while you work: format, lint, types, unit tests'
	@echo 'make test         every check, before you hand in a change; COVERAGE=1 measures coverage too'
	@echo 'make test-spark   run the tests on Apache Spark, which needs Java 17'
	@echo 'make docs         build the documentation as a site, in build/site'
	@echo 'make lock         pin the development environment anew, from pyproject.toml'
	@echo 'make clean        remove what the other targets made'
	@echo 'Longer than a test; docs/contributing/assurance.md and benchmarks/RESULTS.md have the figures:'
	@echo 'make assure       a second reading, and every mutant of the rulebook (half an hour)'
	@echo 'make assure-code  the mutants of the code (an hour or less); MODULES="engine.diff …" names some'
	@echo 'make leaks        plant every leak in every way, and require that none is silent'
	@echo 'make tools        look for every leak in the recordings of some twenty real tools'
	@echo 'make mutants      every leak and omission in every way of writing a message'
	@echo 'make secrecy      look for planted texts in all that is written, more widely than make test does'
	@echo 'make fuzz         fuzz every reader, SECONDS=600 in all'
	@echo 'make bench        take every ratio beside its target'
	@echo 'Releasing, see docs/contributing/supply-chain.md:'
	@echo '  dist, test-dist, test-lowest, test-newest, licences, sbom'

# A user's environment gets no pip of its own unless the outer one is too old to install into it: that saves a demo four
# seconds of fifteen.
IS_OUTER_PIP_NEW = $(shell $(PYTHON) -c 'import pip; print(tuple(map(int, pip.__version__.split(".")[:2])) >= (22, 3) or "")' 2> /dev/null)
PIP_OF_INSTALL = $(if $(IS_OUTER_PIP_NEW),$(PYTHON) -m pip --python $(BIN)/python,$(BIN)/python -m pip)

$(BIN)/python:
	@$(PYTHON) -m venv --without-pip $(VENV)

$(BIN)/pip: | $(BIN)/python
	@$(BIN)/python -m ensurepip --default-pip > /dev/null

install: $(BIN)/python
	@echo 'Installing Whosees into $(VENV) …'
	@rm -f build/.linked-*
	@test -n '$(IS_OUTER_PIP_NEW)' || $(MAKE) --no-print-directory $(BIN)/pip
	@$(PIP_OF_INSTALL) install --quiet --editable '.[yaml]'

# The development environment is pinned, hashes and all; it is installed anew when the pins change.
# Older pips don't see that a package that is pinned is pinned with its extras too.
$(VENV)/.pinned: requirements-dev.txt | $(BIN)/pip
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-dev.txt
	@touch $@

# Strict, so that static tools see the four folders as whosees.*. That links each file, so it is done again if files
# are added or removed.
FILES := $(shell find rules engine reports checker -name __pycache__ -prune -o -type f -print | LC_ALL=C sort | cksum | tr -dc 0-9)

build/.linked-$(FILES): pyproject.toml $(VENV)/.pinned
	@rm -rf build/__editable__* build/.linked-*
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable . --config-settings editable_mode=strict
	@touch $@

install-dev: build/.linked-$(FILES)

define SHOW
	@echo; echo '$$ whosees $(1)'
	@$(BIN)/whosees $(1) || test $$? = 1
endef

demo: install
	@echo
	@echo 'Three recorded responses of Webex GetSessionInfo, whose Table 4-3 says which fields each caller may see.'
	@echo 'One conforms, one leaks the meeting password to an anonymous caller, and one lacks fields:'
	$(call SHOW,check examples/synthetic/conformant/ao-anonymous.response.xml examples/synthetic/violating --verbose --unlisted ignore)
	@echo
	@echo 'Why does an anonymous caller get no agenda, and what would change that?'
	$(call SHOW,explain agenda --service MC --caller anonymous --password not-supplied)
	@echo
	@echo 'Try next:'
	@echo '  $(BIN)/whosees check examples                  every example: HAR, VCR, JSON Lines, archives …'
	@echo '  $(BIN)/whosees expect --service MC --caller anonymous'
	@echo '  $(BIN)/whosees explore --open                  the whole table as a web page'
	@echo '  $(BIN)/whosees --help'

quick: check-format lint types
	$(BIN)/python -m pytest --quiet --hypothesis-profile few --numprocesses 2 --dist worksteal $(QUICK)

# One step that uses one processor runs beside the tests.
test: install-dev
	$(MAKE) --jobs 2 --output-sync=line static unit

static: check-format lint types imports

check-format: install-dev
	$(BIN)/ruff format --check .

lint: install-dev
	$(BIN)/ruff check .

types: install-dev
	$(BIN)/mypy $(PACKAGES)
	cd tests && ../$(BIN)/mypy --config-file ../pyproject.toml .

imports: install-dev
	$(BIN)/lint-imports

# Neighbours run in one process, which makes their fixtures once. COVERAGE=1 also measures which lines the tests reach,
# and fails below the floor. That takes longer, so it is what CI does, which says that it is CI.
COVERAGE ?= $(CI)
unit: install-dev
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal $(if $(COVERAGE),--cov --cov-report=term)

# Spark is large, and needs Java: it has pins and a target of its own, and its tests are skipped where it is not.
$(VENV)/.spark: requirements-spark.txt $(VENV)/.pinned
	$(BIN)/python -m pip install --quiet --no-build-isolation --require-hashes --requirement requirements-spark.txt
	@touch $@

test-spark: install-dev $(VENV)/.spark
	$(BIN)/python -m pytest tests/checker/integrations/spark

lock: $(BIN)/pip
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

# The documentation as a site in build/site, by pinned tools of its own; nothing is fetched when it is looked at.
build/docs/.pinned: requirements-docs.txt
	@rm -rf build/docs
	$(PYTHON) -m venv build/docs
	build/docs/bin/python -m pip install --quiet --require-hashes --requirement requirements-docs.txt
	@touch $@

docs: build/docs/.pinned
	NO_MKDOCS_2_WARNING=1 build/docs/bin/mkdocs build --quiet --strict
	@echo 'build/site/index.html is the first page'

lock: lock-docs
lock-docs: $(BIN)/pip
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 --group pyproject.toml:docs --output-file requirements-docs.txt

.PHONY: docs lock-docs
