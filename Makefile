# Everything here works on a fresh machine with Python 3.11 or newer and make: the first target
# that is asked for creates .venv, later ones find it.

PYTHON ?= python3
DATA ?= ../shared/data
BEFORE ?= ../before
SCALE ?= 1
ROUNDS ?= 1
JOURNAL ?= benchmarks/results/torture.jsonl
PEERS ?= tpot flaml flaml_ensemble h2o autogluon_medium autogluon_best optuna_xgboost gama
COMMA := ,
SPACE := $() $()
BIN := .venv/bin
STAMP := .venv/.installed
BROWSER_STAMP := .venv/.installed-browser
DOCS_STAMP := .venv/.installed-docs
OLDEST := .venv-oldest/bin
OLDEST_STAMP := .venv-oldest/.installed
ONLY ?= not slow and not browser

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo docs test test-quick test-thorough test-files test-browser test-oldest compare lint dist clean house reports benchmark-public \
	benchmark-all-sets benchmark-large benchmark-methods benchmark-honesty benchmark-parts \
	benchmark-parts-minute benchmark-parts-folds benchmark-five-minutes benchmark-ten-seconds benchmark-strategies benchmark-speed portfolio pictures torture

help: ## show the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 24

demo: $(STAMP) ## find a pipeline for a small data set, from the dataframe to the script
	$(BIN)/automl demo

test: $(STAMP) ## run the tests, ten minutes on two cores
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal --durations 20 \
		-m "not files and not browser and not thorough"

test-thorough: $(STAMP) ## run the tests whose subject shorter ones try, too, five minutes on two cores
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal --durations 20 -m thorough

test-quick: $(STAMP) ## run the tests but the slow ones, while you work
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal --durations 20 -m "not slow and not browser"

test-files: $(STAMP) ## read all made and raw files by all ways, five minutes on two cores
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal --durations 20 tests/files

# The browser is Debian's chromium (apt-get install chromium), or the one that CHROMIUM names.
test-browser: $(BROWSER_STAMP) ## open the report and the live page in a real browser, a minute on two cores
	$(BIN)/python -m pytest --durations 20 -m browser tests/browser

# Collecting the checks of scikit-learn before 1.9 passes a generator, which pytest 10 will not take.
test-oldest: $(OLDEST_STAMP) ## run the quick tests with the oldest packages of setup.cfg (ONLY= for all tests)
	$(OLDEST)/python -m pytest --numprocesses auto --dist worksteal --durations 20 -m "$(ONLY)" \
		-W "ignore:Passing a non-Collection:pytest.PytestRemovedIn10Warning"

compare: $(STAMP) ## fit with two checkouts and compare the results, four minutes (BEFORE=checkout)
	$(BIN)/python tests/compare_checkouts.py $(BEFORE) .

# Types are checked as users get them, without the link and the hook: the package is installed once more,
# into build/installed, and checked there.
lint: $(STAMP) ## check style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	rm -rf build
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --target build/installed .
	cd build/installed && ../../$(BIN)/python -m mypy --config-file ../../setup.cfg \
		--cache-dir ../../.mypy_cache/automl -p automl
	MYPYPATH=build/installed $(BIN)/python -m mypy --cache-dir .mypy_cache/benchmarks -p benchmarks

# The wheel is made from the sdist, so that both are tried. PYTHON= makes the empty environment.
dist: $(STAMP) ## build sdist and wheel, and try the wheel in an empty environment, four minutes
	rm -rf build dist
	$(BIN)/python -m build
	$(BIN)/python tests/try_wheel.py dist $(PYTHON)

house: $(STAMP) ## the structure before and after a change, side by side (BEFORE=checkout)
	$(BIN)/python -m benchmarks.studies.house $(BEFORE) .

clean: ## remove what the other targets made
	rm -rf .venv .venv-oldest build dist *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

reports: $(STAMP) ## write the pages and tables of results from their journals, in seconds
	$(BIN)/python -m benchmarks reports

# A run that was stopped goes on where it was; the pages come at its end.
benchmark-public: $(STAMP) ## compare tools on ten sets, a minute each, three hours (DATA=folder)
	$(BIN)/python -m benchmarks setup $(PEERS)
	$(BIN)/python -m benchmarks run --suite public --data $(DATA) --budget 60 --jobs 2 \
		--adapters automl,automl_single,random_forest,hist_gradient_boosting,catboost_default,lightgbm_default,xgboost_default,dummy,$(subst $(SPACE),$(COMMA),$(PEERS)) \
		--journal benchmarks/results/public.jsonl --winners benchmarks/winners
	$(BIN)/python -m benchmarks reports

benchmark-five-minutes: $(STAMP) ## beside the three strongest on five sets, an hour and a half (DATA=folder)
	$(BIN)/python -m benchmarks setup autogluon_medium autogluon_best h2o
	$(BIN)/python -m benchmarks run --suite public --data $(DATA) --budget 300 --jobs 2 \
		--tasks credit_g,adult,eucalyptus,abalone,us_crime \
		--adapters automl,autogluon_medium,autogluon_best,h2o \
		--journal benchmarks/results/public_300.jsonl
	$(BIN)/python -m benchmarks reports

benchmark-ten-seconds: $(STAMP) ## compare quick tools on ten sets, ten seconds each, ten minutes (DATA=folder)
	$(BIN)/python -m benchmarks setup flaml
	$(BIN)/python -m benchmarks run --suite public --data $(DATA) --budget 10 --jobs 2 \
		--adapters automl,flaml,catboost_default,lightgbm_default,xgboost_default,random_forest \
		--journal benchmarks/results/public_10.jsonl
	$(BIN)/python -m benchmarks reports

benchmark-large: $(STAMP) ## made sets of up to a million rows, a minute each, beside three tools, an hour
	$(BIN)/python -m benchmarks setup flaml autogluon_medium lightautoml
	$(BIN)/python -m benchmarks run --suite large --budget 60 --jobs 2 \
		--adapters automl,flaml,autogluon_medium,lightautoml \
		--tasks made_credit,made_mixed,made_wide --journal benchmarks/results/large.jsonl
	$(BIN)/python -m benchmarks reports

benchmark-all-sets: $(STAMP) ## fit and export on every data set, ten seconds each (DATA=folder)
	$(BIN)/python -m benchmarks run --data $(DATA) --adapters automl --budget 10 --jobs 2 \
		--journal benchmarks/results/all_sets.jsonl
	$(BIN)/python -m benchmarks reports

benchmark-methods: $(STAMP) ## tuners of one pipeline at equal time, ten sets, half an hour (DATA=folder)
	$(BIN)/python -m benchmarks methods --data $(DATA) --seconds 10
	$(BIN)/python -m benchmarks reports

portfolio: $(STAMP) ## learn the pipelines that every search starts from, two hours (DATA=folder)
	$(BIN)/python -m benchmarks portfolio --data $(DATA)
	$(BIN)/python -m benchmarks reports

benchmark-parts: $(STAMP) ## a search without each of its parts, ten sets, four hours (DATA=folder)
	$(BIN)/python -m benchmarks parts --data $(DATA) --budget 30 --splits 2 \
		--journal benchmarks/results/parts.jsonl
	$(BIN)/python -m benchmarks reports

benchmark-parts-minute: $(STAMP) ## without credit or forecasts, five other sets, a minute each (DATA=folder)
	$(BIN)/python -m benchmarks parts --data $(DATA) --budget 60 --splits 1 \
		--tasks steel_plates_fault,space_ga,yeast --parts WithoutCredit \
		--journal benchmarks/results/parts_60.jsonl
	$(BIN)/python -m benchmarks parts --data $(DATA) --budget 60 --splits 1 \
		--tasks shuttle,house_sales --parts WithoutForecasts \
		--journal benchmarks/results/parts_60.jsonl
	$(BIN)/python -m benchmarks reports

benchmark-parts-folds: $(STAMP) ## five folds beside the hold-out, nine other sets, a minute each (DATA=folder)
	$(BIN)/python -m benchmarks parts --data $(DATA) --budget 60 --splits 1 \
		--tasks california_housing,credit_card_default,house_sales,covertype_15k,bike_sharing,amazon_employee_access,elevators,phishing_websites,in_vehicle_coupon \
		--parts FiveFolds --journal five_folds.jsonl

benchmark-strategies: $(STAMP) ## strategies at equal evaluations, twelve sets, hours (DATA=folder)
	$(BIN)/python -m benchmarks strategies --data $(DATA)
	$(BIN)/python -m benchmarks reports

benchmark-speed: $(STAMP) ## what the engine costs beside its fits, a minute
	$(BIN)/python -m benchmarks speed
	$(BIN)/python -m benchmarks reports

benchmark-honesty: $(STAMP) ## the honest score against test parts, 14 sets, hours (DATA=folder)
	$(BIN)/python -m benchmarks honesty --data $(DATA)
	$(BIN)/python -m benchmarks reports

docs: $(DOCS_STAMP) ## build the site into build/site and check its pages, three minutes on two cores
	$(BIN)/python docs/build_site.py

pictures: $(BROWSER_STAMP) ## take the pictures of the docs, two minutes (one of them needs jupyter on the PATH)
	$(BIN)/python docs/pictures.py

torture: $(STAMP) ## try to break the promises, four hours (PART=kills for one, SCALE=0.01 of all tries)
	$(BIN)/python -m benchmarks torture $(if $(PART),--part "$(PART)") --scale $(SCALE) \
		--rounds $(ROUNDS) --journal $(JOURNAL)
	$(BIN)/python -m benchmarks reports

$(STAMP): setup.cfg pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and \
		"Python 3.11 or newer is needed, got %d.%d; try make PYTHON=python3.13" % v[:2])'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

$(BROWSER_STAMP): $(STAMP)
	$(BIN)/python -m pip install --quiet --editable '.[dev,browser]'
	@touch $@

$(DOCS_STAMP): $(STAMP)
	$(BIN)/python -m pip install --quiet --editable '.[dev,docs]'
	@touch $@

$(OLDEST_STAMP): setup.cfg pyproject.toml tests/oldest.py
	$(PYTHON) -m venv .venv-oldest
	$(OLDEST)/python tests/oldest.py > .venv-oldest/constraints.txt
	$(OLDEST)/python -m pip install --quiet --editable '.[dev]' --constraint .venv-oldest/constraints.txt
	@touch $@
