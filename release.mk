# What belongs to releasing: the distributions, the versions of what they need, licences, the bill of materials.
# docs/contributing/supply-chain.md says what each of these shows.

SUPPLY := build/supply
TOOLS := $(SUPPLY)/bin
EXTRAS := --extra arrow --extra emulate --extra live --extra schema --extra yaml
# For the shell to expand, once they are built.
WHEEL := dist/*.whl
SDIST := dist/*.tar.gz
# Rooms or options for pytest; all tests, if empty.
TESTS ?=
OUTSIDE = $(TOOLS)/python tests/supply/outside.py

.PHONY: dist test-dist test-lowest test-newest test-python licences sbom lock-supply

$(SUPPLY)/.pinned: requirements-supply.txt
	rm -rf $(SUPPLY)
	$(PYTHON) -m venv $(SUPPLY)
	$(TOOLS)/python -m pip install --quiet --require-hashes --requirement requirements-supply.txt
	@touch $@

dist: $(SUPPLY)/.pinned
	rm -rf dist
	cd tests && $(abspath $(TOOLS))/python -m supply.distributions ../dist

test-dist: dist
	cd tests && $(abspath $(TOOLS))/python -m supply.distributions ../build/dist-again
	for built in dist/*; do cmp $$built build/dist-again/$${built##*/} || exit 1; done
	$(TOOLS)/twine check --strict $(WHEEL) $(SDIST)
	$(TOOLS)/check-wheel-contents $(WHEEL)
	$(OUTSIDE) --python $(PYTHON) --requirements requirements-dev.txt --package $(WHEEL) $(TESTS)
	$(OUTSIDE) --python $(PYTHON) --requirements requirements-dev.txt --package $(SDIST) $(TESTS)

# The lowest versions that pyproject.toml allows and for which this Python has a wheel; the test tools are the pinned ones.
test-lowest: RESOLUTION := lowest-direct
test-newest: RESOLUTION := highest
test-lowest test-newest: dist
	$(TOOLS)/uv pip compile --quiet --no-header --only-binary :all: --python $(PYTHON) --resolution $(RESOLUTION) \
		$(EXTRAS) pyproject.toml --output-file build/$@-runtime.txt --upgrade
	cp requirements-dev.txt build/$@.txt
	$(TOOLS)/uv pip compile --quiet --no-header --python $(PYTHON) --extra dev pyproject.toml \
		--constraint build/$@-runtime.txt --output-file build/$@.txt
	$(OUTSIDE) --python $(PYTHON) --requirements build/$@.txt --package $(WHEEL) $(TESTS)

# Another Python: make test-python PYTHON=python3.13
test-python: dist
	$(OUTSIDE) --python $(PYTHON) --requirements requirements-dev.txt --package $(WHEEL) $(TESTS)

# What a user gets who installs everything, and nothing that tests it.
build/runtime/.made: dist
	$(TOOLS)/uv venv --quiet --clear --python $(PYTHON) build/runtime
	$(TOOLS)/uv pip install --quiet --python build/runtime/bin/python "$$(ls $(WHEEL))[arrow,emulate,live,yaml]"
	@touch $@

licences: build/runtime/.made
	$(TOOLS)/pip-licenses --python build/runtime/bin/python

sbom: build/runtime/.made
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(TOOLS)/cyclonedx-py environment build/runtime/bin/python --pyproject pyproject.toml --mc-type application \
		--output-reproducible --sv 1.6 --of JSON --validate --output-file dist/whosees.cdx.json

# The tools of releasing are pinned like those of development, in a file of their own.
lock: lock-supply
lock-supply: $(BIN)/pip
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 --group pyproject.toml:supply --output-file requirements-supply.txt
