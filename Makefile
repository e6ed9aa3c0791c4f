# One door for every command. `make` alone lists them.
PYTHON ?= python3
VENV := .venv/bin
ARGS ?=
WORKERS ?= auto
export PYTHONUTF8 := 1
# What was compiled once is kept, also where the environment says otherwise: the tests start many processes.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run shift check test tests test-reliability lint format lock wheel clean

help: ## list these recipes
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup ## install what is missing, make the demo warehouse on first use, open the window
	@$(VENV)/python -m wms_desktop run $(ARGS)

shift: setup ## play the guided shift on the real screens; pictures and papers go to out/guided-shift/
	@$(VENV)/python -m wms_desktop shift $(ARGS)

check: setup ## recompute every balance from the movements and name the first difference
	@$(VENV)/python -m wms_desktop check $(ARGS)

setup: ## virtual environment, locked packages, system libraries (a second time: nothing to do)
	@$(PYTHON) tools/set_up.py runtime

setup-dev: ## the same with the test tools and PostgreSQL
	@$(PYTHON) tools/set_up.py dev

test: setup-dev lint tests ## lint, types, import contracts, budgets, and every test but the heavy proofs

tests: setup-dev ## every test but the heavy proofs, without the lint: make tests ARGS=tests/domain
	@$(VENV)/python -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder -m "not reliability" $(ARGS)

test-reliability: setup-dev ## the heavy proofs: kills, faults, simulated shifts
	@$(VENV)/python -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder -m reliability $(ARGS)

lint: setup-dev ## ruff, mypy strict, import contracts, budgets: all of them, even after the first complaint
	@failed=0; \
	$(VENV)/ruff check --quiet --output-format concise . || failed=1; \
	$(VENV)/ruff format --check --quiet . || { echo "Not formatted: type make format"; failed=1; }; \
	$(VENV)/python -m mypy || failed=1; \
	$(VENV)/lint-imports --no-logo || failed=1; \
	$(VENV)/python tools/check_budgets.py || failed=1; \
	exit $$failed

format: setup-dev ## let ruff put imports and lines in order
	@$(VENV)/ruff check --quiet --fix-only .
	@$(VENV)/ruff format .

lock: setup-dev ## write packaging/*.lock anew from pyproject.toml (versions and hashes, no addresses)
	@$(PYTHON) tools/lock.py $(ARGS)

wheel: setup-dev ## build the wheel into dist/
	@$(VENV)/hatchling build -t wheel

clean: ## remove the environment, caches and everything the application wrote into the checkout
	rm -rf .venv out dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
