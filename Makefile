# Each target does its own set-up on a machine that has only Python 3.11+, git and make.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup demo test check check-python check-sql bench bench-large bench-million bench-growth bench-desk bench-skew soak lock

setup: .venv/.installed

.venv/.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

demo: setup
	$(BIN)/python -m sandbox.demo

check: check-python check-sql

check-python: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check-sql: setup
	$(BIN)/sqlfluff lint --disable-progress-bar --processes 2 dbt_project

# The slow files come first, and a third process works while another one waits for a server. What is held to a clock
# runs afterwards, with nothing beside it.
test: check
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not alone"
	$(BIN)/python -m pytest -m alone

bench: setup
	$(BIN)/python -m tests.bench.nights

bench-large: setup
	$(BIN)/python -m tests.bench.nights 40000

bench-million: setup
	$(BIN)/python -m tests.bench.nights 125000

bench-growth: setup
	$(BIN)/python -m tests.bench.growth

bench-desk: setup
	$(BIN)/python -m tests.bench.desk
	$(BIN)/python -m tests.bench.walk

bench-skew: setup
	$(BIN)/python -m tests.bench.skew

soak: setup
	$(BIN)/python -m tests.bench.soak

# Needs uv; writes hashes and no index address.
lock:
	uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --quiet --extra dev pyproject.toml --output-file requirements.lock
