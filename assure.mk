# What takes too long for `make test`: docs/contributing/assurance.md and benchmarks/RESULTS.md tell what it came to.

SECONDS ?= 600

.PHONY: assure assure-code leaks mutants secrecy fuzz bench tools

bench: install-dev
	$(BIN)/python -m pip install --quiet --no-build-isolation --config-settings editable_mode=strict --editable '.[bench]'
	$(BIN)/python -m benchmarks --write benchmarks/RESULTS.md

# Every single leak and omission in every context, in every way of writing a message: minutes, and no part of `test`.
MIXTURES ?= 3
SEED ?= 1
mutants: install-dev
	cd tests && $(abspath $(BIN))/python -m oracle.sweep --mixtures $(MIXTURES) --seed $(SEED)
	WHOSEES_SWEEP=20 $(BIN)/python -m pytest --no-cov tests/checker/checking/test_shipped_laws.py

# Every row that must not be shown, in every way of leaking it: a minute, of which `test` has a part.
leaks: install-dev
	cd tests && $(abspath $(BIN))/python -m leaks.campaign --write leaks/RESULTS.md

# Every leak again, recorded by each tool that can be installed: minutes. Tools that neither PyPI nor npm has are used if they
# are there: curl, Wget, chromium, Java, and Debian's ruby-vcr, ruby-webmock and golang-github-dnaeon-go-vcr-dev.
CLIENTS := tests/tools/clients
build/tools/.installed: $(CLIENTS)/requirements.txt $(CLIENTS)/requirements-mitmproxy.txt $(CLIENTS)/package.json
	rm -rf build/tools
	$(PYTHON) -m venv build/tools/python
	build/tools/python/bin/python -m pip install --quiet --requirement $(CLIENTS)/requirements.txt
	$(PYTHON) -m venv build/tools/mitmproxy
	build/tools/mitmproxy/bin/python -m pip install --quiet --requirement $(CLIENTS)/requirements-mitmproxy.txt
	cp $(CLIENTS)/package.json build/tools
	npm install --prefix build/tools --silent --no-audit --no-fund
	@touch $@

tools: install-dev build/tools/.installed
	cd tests && $(abspath $(BIN))/python -m tools.campaign --place ../build/tools --write tools/RESULTS.md

# It goes on for as long as it is given. Inputs that break a law are left in build/fuzz.
fuzz: install-dev
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-fuzz.txt
	cd tests && ../$(BIN)/python -m fuzz.campaign --seconds $(SECONDS) --place ../build/fuzz
	cd tests && ../$(BIN)/python -m fuzz.figures ../build/fuzz/rounds.jsonl

# Each way to break a recording at twenty markers, not at one; prints the figures of docs/contributing/assurance.md.
secrecy: install-dev
	WHOSEES_SWEEP=20 $(BIN)/python -m pytest tests/secrecy tests/escaping --no-cov

assure: install-dev
	$(BIN)/python -m pytest -q --hypothesis-profile many tests/oracle tests/rules tests/mutation tests/engine tests/checker/messages
	PYTHONPATH=tests $(BIN)/python -m mutation.rulebook_campaign

$(VENV)/.pinned-assure: requirements-assure.txt $(VENV)/.pinned
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-assure.txt
	@touch $@

assure-code: install-dev $(VENV)/.pinned-assure
	PYTHONPATH=tests $(BIN)/python -m mutation.code_campaign $(MODULES)
