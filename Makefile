# Everything here works on a fresh machine with Python 3.11 or newer and make: the first target
# that is asked for creates .venv, later ones find it.

PYTHON ?= python3
DATA ?= ../shared/data
BEFORE ?= ../before
PEERS ?= tpot flaml flaml_ensemble h2o autogluon_medium autogluon_best optuna_xgboost gama
COMMA := ,
SPACE := $() $()
BIN := .venv/bin
STAMP := .venv/.installed

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo test lint clean house benchmark-public benchmark-all-sets benchmark-preparing \
	benchmark-methods benchmark-nested-cost benchmark-honesty benchmark-ensemble-size \
	benchmark-parts benchmark-parts-minute benchmark-five-minutes benchmark-speed portfolio

help: ## show the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 24

demo: $(STAMP) ## find a pipeline for a small data set, from the dataframe to the script
	$(BIN)/automl demo

test: $(STAMP) ## run the tests
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal --durations 20

# mypy does not see through the hook of an editable install, so the package is installed once more,
# into build/installed, and checked there.
lint: $(STAMP) ## check style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	rm -rf build
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --target build/installed .
	cd build/installed && ../../$(BIN)/python -m mypy --config-file ../../setup.cfg \
		--cache-dir ../../.mypy_cache/automl -p automl
	MYPYPATH=build/installed $(BIN)/python -m mypy --cache-dir .mypy_cache/benchmarks -p benchmarks

house: $(STAMP) ## the structure before and after a change, side by side (BEFORE=checkout)
	$(BIN)/python -m benchmarks.house $(BEFORE) .

clean: ## remove what the other targets made
	rm -rf .venv build dist *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A run that was stopped goes on where it was; the report comes at its end.
benchmark-public: $(STAMP) ## compare tools on ten sets, a minute each, three hours (DATA=folder)
	$(BIN)/python -m benchmarks setup $(PEERS)
	$(BIN)/python -m benchmarks run --suite public --data $(DATA) --budget 60 --jobs 2 \
		--adapters automl,automl_single,random_forest,hist_gradient_boosting,dummy,$(subst $(SPACE),$(COMMA),$(PEERS)) \
		--journal benchmarks/results/public.jsonl --winners benchmarks/winners \
		--page benchmarks/results/public.html > benchmarks/results/public.md

benchmark-five-minutes: $(STAMP) ## beside the three strongest on five sets, an hour and a half (DATA=folder)
	$(BIN)/python -m benchmarks setup autogluon_medium autogluon_best h2o
	$(BIN)/python -m benchmarks run --suite public --data $(DATA) --budget 300 --jobs 2 \
		--tasks credit_g,adult,eucalyptus,abalone,us_crime \
		--adapters automl,autogluon_medium,autogluon_best,h2o \
		--journal benchmarks/results/public_300.jsonl > benchmarks/results/public_300.md

benchmark-all-sets: $(STAMP) ## fit and export on every data set, ten seconds each (DATA=folder)
	$(BIN)/python -m benchmarks run --data $(DATA) --adapters automl --budget 10 --jobs 2 \
		--journal benchmarks/results/all_sets.jsonl > docs/all_sets.md

benchmark-preparing: $(STAMP) ## what comes before the model of a fold (DATA=folder)
	$(BIN)/python -m benchmarks preparing --data $(DATA) --tasks adult,hiva_agnostic \
		> benchmarks/results/preparing.md

benchmark-methods: $(STAMP) ## tuning and search methods at equal time, ten sets, an hour (DATA=folder)
	$(BIN)/python -m benchmarks methods --data $(DATA) --levels settings --seconds 10 \
		--journal benchmarks/results/methods.jsonl --out docs/methods_measured.md
	$(BIN)/python -m benchmarks methods --data $(DATA) --levels pipelines --seconds 40 --seeds 2 \
		--methods genetic,random \
		--journal benchmarks/results/strategies.jsonl --out docs/strategies_measured.md

portfolio: $(STAMP) ## learn the pipelines that every search starts from, two hours (DATA=folder)
	$(BIN)/python -m benchmarks portfolio --data $(DATA) --out pipelines/spaces/portfolio.json \
		--journal benchmarks/results/portfolio.jsonl > benchmarks/results/portfolio.md

benchmark-parts: $(STAMP) ## a search without each of its parts, ten sets, three hours (DATA=folder)
	$(BIN)/python -m benchmarks parts --data $(DATA) --budget 30 --splits 2 \
		--journal benchmarks/results/parts.jsonl > benchmarks/results/parts.md

benchmark-parts-minute: $(STAMP) ## without credit or forecasts, five other sets, a minute each (DATA=folder)
	$(BIN)/python -m benchmarks parts --data $(DATA) --budget 60 --splits 1 \
		--tasks steel_plates_fault,space_ga,yeast --parts WithoutCredit \
		--journal benchmarks/results/parts_60.jsonl > benchmarks/results/parts_60.md
	$(BIN)/python -m benchmarks parts --data $(DATA) --budget 60 --splits 1 \
		--tasks shuttle,house_sales --parts WithoutForecasts \
		--journal benchmarks/results/parts_60.jsonl > benchmarks/results/parts_60.md

benchmark-ensemble-size: $(STAMP) ## ensembles of 25 beside 5, ten sets, a minute each (DATA=folder)
	$(BIN)/python -m benchmarks run --suite public --data $(DATA) --budget 60 --jobs 2 \
		--adapters automl,automl_25,random_forest,dummy \
		--journal benchmarks/results/ensemble_size.jsonl > benchmarks/results/ensemble_size.md

benchmark-speed: $(STAMP) ## what the engine costs beside its fits, ten minutes
	$(BIN)/python -m benchmarks speed > benchmarks/results/speed.md

benchmark-nested-cost: $(STAMP) ## nested against plain cross-validation on ten sets (DATA=folder)
	$(BIN)/python -m benchmarks nested-cost --data $(DATA) > benchmarks/results/nested_cost.md

benchmark-honesty: $(STAMP) ## the honest score against test parts, 14 sets, hours (DATA=folder)
	$(BIN)/python -m benchmarks honesty --data $(DATA) \
		--journal benchmarks/results/honesty.jsonl > benchmarks/results/honesty.md

$(STAMP): setup.cfg pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and \
		"Python 3.11 or newer is needed, got %d.%d; try make PYTHON=python3.13" % v[:2])'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@
