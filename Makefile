# `make run` and `make test` need Python 3.11 or later and make, nothing else.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: run test test-real golden bench-content bench-archive bench-feeds bench-kill bench-ledger bench-throughput lint types contracts format lock docs pictures clean

run: $(VENV)/.run
	$(BIN)/syndicate run --config config/syndicate.toml

test: $(VENV)/.dev
	$(BIN)/pytest -n 2 --dist worksteal --cov --cov-report=term --cov-fail-under=95

# What PostgreSQL has to do as SQLite does, and what can only happen to it.
ON_POSTGRESQL = tests/ledger/test_conformance.py tests/ledger/test_server.py \
	tests/faults/test_postgresql.py tests/faults/test_kills.py tests/faults/test_signals.py \
	tests/faults/test_state.py::test_an_upgrade_with_rows_in_flight \
	tests/delivery/test_kill_campaign.py

test-real: $(VENV)/.dev
	tests/real/setup.sh
	$(BIN)/pytest tests/real -o addopts="-ra --strict-markers --import-mode=importlib -p no:cacheprovider" -o timeout=180
	$(BIN)/pytest $(ON_POSTGRESQL) --ledger postgresql

# Writes what is expected of the small sites in tests/content/golden; read the diff.
golden: $(VENV)/.dev
	$(BIN)/pytest -q tests/content/test_generators_golden.py --update-golden

# Against Hugo, on posts of our own making; it takes some minutes and a gigabyte below .bench.
bench-content: $(VENV)/.run
	$(BIN)/python bench/content.py

# An archive of ten thousand posts against Hugo's feed of all; some minutes, too.
bench-archive: $(VENV)/.run
	$(BIN)/python bench/archive.py

# How fast feeds are served; needs nginx and wrk.
bench-feeds: $(VENV)/.dev
	$(BIN)/python bench/feeds.py

# Announcements while the process is killed over and over; a quarter of an hour.
bench-kill: $(VENV)/.dev
	$(BIN)/python bench/kill.py

# What a hundred thousand deliveries in the ledger cost; some minutes.
bench-ledger: $(VENV)/.run
	$(BIN)/python bench/ledger.py

# Signed webhooks as fast as they go, beside a bare loop over httpx; some minutes.
bench-throughput: $(VENV)/.run
	$(BIN)/python bench/throughput.py

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/.dev
	$(BIN)/mypy

contracts: $(VENV)/.dev
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(VENV)/.dev
	$(BIN)/python docs/generate.py

# What each network's readers see, docs/networks/pictures/; needs Debian's chromium.
pictures: $(VENV)/.dev
	PYTHONPATH=tools $(BIN)/python -m pictures

# Exact versions with hashes, for every Python and platform that we support.
lock: $(VENV)/.dev
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --universal --no-strip-extras --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" --quiet --upgrade -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --no-strip-extras --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" --quiet --constraint requirements.lock -o requirements-dev.lock
	$(BIN)/uv pip compile --group build --universal --no-strip-extras --generate-hashes --no-emit-index-url \
		--custom-compile-command "make lock" --quiet --constraint requirements-dev.lock -o requirements-build.lock

$(VENV)/.run: requirements.lock requirements-build.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "syndicate needs Python 3.11 or later; set PYTHON=python3.x")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-build.lock -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

clean:
	rm -rf $(VENV) .coverage* .hypothesis .mypy_cache .ruff_cache .import_linter_cache
