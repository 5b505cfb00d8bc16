# Two commands set everything up: `make report` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
WORKERS ?= 2
# A worker keeps the modules it began, with what they share, and takes from the others once it is done.
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal
# Modules are compiled once, and not by every worker and command that is started.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: calibrate faults leak-sweep report test test-slow test-outside test-oldest lock audit bench simulate notebooks docs data sessions check coverage clean
.DEFAULT_GOAL := report

$(VENV)/.installed: setup.cfg pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	touch $@

$(VENV)/.installed-docs: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[docs]'
	touch $@

report: $(VENV)/.installed        ## the Xiaomi study: a table in the terminal and xiaomi.html
	$(BIN)/impact case xiaomi --html xiaomi.html

test: $(VENV)/.installed-test     ## the whole default suite; nothing in it skips
	$(PYTEST)

test-slow: $(VENV)/.installed-test
	$(PYTEST) -m "slow and not outside"

leak-sweep: $(VENV)/.installed-test   ## the law at sixty instants with every later fact altered: five minutes
	nice $(BIN)/python -m tests.facts.dense_sweep --again

test-outside: $(VENV)/.installed-test ## with the sources and third-party files in $$IMPACT_SHARED, default ../shared
	$(PYTEST) -m outside

test-oldest: setup.cfg            ## the default suite with the oldest versions that setup.cfg allows, on Python 3.11
	test -x .venv-oldest/bin/python || python3.11 -m venv .venv-oldest
	python3.11 -m tests.contract.oldest > .venv-oldest/constraints.txt
	.venv-oldest/bin/python -m pip install --quiet -c .venv-oldest/constraints.txt -e '.[test]'
	.venv-oldest/bin/python -m pytest -n $(WORKERS) --dist worksteal

lock: setup.cfg                   ## versions of everything that tests and documents install, to requirements.lock
	$(PYTHON) -m tests.contract.lock > requirements.lock

audit: $(VENV)/.installed-test    ## known faults and licences of the locked versions, and a bill of materials (sbom.json)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[audit]'
	$(BIN)/pip-audit --strict --requirement requirements.lock --no-deps --disable-pip
	$(BIN)/pip-licenses --format markdown --order license --output-file licenses.md
	$(BIN)/cyclonedx-py environment --output-file sbom.json $(VENV)

bench: $(VENV)/.installed-test    ## speed of each function, then ratios, written to tests/bench/RESULTS.md
	$(BIN)/python -m pytest tests/bench/bench_*.py
	$(BIN)/python -m tests.bench.report

faults: $(VENV)/.installed-test   ## mutated files, kills, corruptions and bad answers, counted in tests/faults/RESULTS.md
	$(BIN)/python -m tests.faults.run

calibrate: $(VENV)/.installed-test ## refit and score the predictions from data/, written there and to tests/reference/calibration/
	$(BIN)/python -m tests.reference.calibration.run

simulate: $(VENV)/.installed-test ## size and power, written to tests/simulation/
	$(BIN)/python -m tests.simulation.size_and_power
	$(BIN)/python -m tests.simulation.causal_designs
	$(BIN)/python -m tests.simulation.two_way_clusters
	$(BIN)/python -m tests.simulation.volatility_events
	$(BIN)/python -m tests.simulation.range_events
	$(BIN)/python -m tests.simulation.field_designs
	$(BIN)/python -m tests.simulation.intraday_events

notebooks: $(VENV)/.installed-test ## run the notebooks and write their outputs back
	$(BIN)/python -m notebooks.execute

docs: $(VENV)/.installed-docs
	$(BIN)/mkdocs build --strict

data: $(VENV)/.installed          ## check the bundled tables against MANIFEST.csv
	$(BIN)/impact data verify

sessions: $(VENV)/.installed-test ## write data/sessions.csv from the installed exchange_calendars, and check it
	$(BIN)/python -m impact.data.session_tables
	$(BIN)/python -m impact.data.session_tables --check

check: $(VENV)/.installed-test    ## form, lint, types, imports, docstring examples, house rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST) --doctest-modules impact tests/contract/test_house.py tests/contract/test_layers.py

coverage: $(VENV)/.installed-test ## the default suite, with the share of lines and branches it runs and its floor
	$(PYTEST) --cov --cov-report=term:skip-covered

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .hypothesis site
