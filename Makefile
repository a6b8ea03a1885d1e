# Everything a person types: `make demo`, `make test`, `make install`.
# Set PYTHON to use another interpreter: make install PYTHON=python3.12
# Set LOCALE to play the demo in another language: make demo LOCALE=sv
PYTHON ?= python3
LOCALE ?= en
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help install demo check test tests tests-of-core test-statistics test-faults test-soak lint coverage bench messages lock clean
help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

install: $(VENV)/.installed ## set up .venv with the run-time requirements

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "cxbot needs Python 3.11 or newer; $(PYTHON) is older or missing. Install it (Debian: apt install python3 python3-venv) or say make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "Python's venv module is missing. Install it (Debian: apt install python3-venv) and try again."; exit 1; }

$(VENV)/.installed: requirements.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing cxbot into $(VENV) ..."
	@$(PIP) install --require-hashes -r requirements.txt
	@PYTHONWARNINGS=ignore $(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.tested: requirements-test.txt $(VENV)/.installed
	@echo "Installing the test tools ..."
	@$(PIP) install --require-hashes -r requirements-test.txt
	@touch $@

demo: install ## the bot and a local Slack together; prints the address of a page (LOCALE=fi or sv: in Finnish or Swedish)
	@$(BIN)/cxbot demo --locale $(LOCALE)

lint: $(VENV)/.tested ## style, types and import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "Run \`$(BIN)/ruff format .\`."; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/lint-imports

check: $(VENV)/.tested ## lint and the tests of the core, in under a minute
	@$(MAKE) --no-print-directory -j2 lint tests-of-core
tests-of-core: $(VENV)/.tested
	@$(BIN)/python -m pytest tests/core

test: $(VENV)/.tested ## everything: lint, types, import rules, tests
	@$(MAKE) --no-print-directory -j2 lint tests

# Two workers at once: most tests wait, for a server, a browser or a process.
tests: $(VENV)/.tested
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

test-statistics: $(VENV)/.tested ## what the intervals and the weekly signal promise, by enumeration and simulation (minutes)
	@$(BIN)/python -m pytest -s -m statistics tests/statistics

test-faults: $(VENV)/.tested ## ten thousand random programs of people, time and faults; kills, full disks, power cuts (over an hour)
	@CXBOT_FAULT_RUNS=10000 $(BIN)/python -m pytest tests/test_faults.py
	@$(BIN)/python -m pytest -s -m processes tests/processes

test-soak: $(VENV)/.tested ## the process under load for half an hour (CXBOT_SOAK_MINUTES), with a table
	@$(BIN)/python -m pytest -s -m soak tests/processes/test_soak.py

coverage: $(VENV)/.tested ## the branches that the tests reach, in this process
	@$(BIN)/coverage run -m pytest
	@$(BIN)/coverage report --skip-covered --sort=cover

bench: install ## speed and size as ratios in one run, printed as a table (about half an hour, 6 GB of disk for a while; PARTS="clicks size": some)
	@$(BIN)/python -m bench $(PARTS)

LOCK := uv pip compile --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --python-version 3.11

lock: ## renew the locked requirements (needs uv); leaves no host or path in them
	printf 'setuptools>=77\nwheel\n' | $(LOCK) pyproject.toml - -o requirements.txt
	printf 'setuptools>=77\nwheel\n' | $(LOCK) pyproject.toml - --extra test -c requirements.txt -o requirements-test.txt

KEYWORDS := --no-default-keywords -k say -k N_ -k count:2,3 -k P_:1c,2
EXTRACT := $(BIN)/pybabel -q extract $(KEYWORDS) --no-location --sort-output --omit-header --no-wrap

messages: $(VENV)/.installed ## bring the catalogues up to date with the code
	@$(EXTRACT) -F babel.cfg -o cxbot/locale/cxbot.pot .
	@$(EXTRACT) -F cxbot/sandbox/babel.cfg -o cxbot/sandbox/locale/sandbox.pot cxbot/sandbox
	@for po in cxbot/locale/*.po cxbot/sandbox/locale/*.po; do \
		$(BIN)/pybabel -q update -i $$(dirname $$po)/*.pot -o $$po -l $$(basename $$po .po) --no-fuzzy-matching \
			--ignore-obsolete --ignore-pot-creation-date --no-wrap; done

clean: ## remove .venv and caches
	rm -rf $(VENV) .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
