# Everything a checkout does. Each target sets up what it needs; a second run is quick.
#   make demo    three nodes, Lua and SQLite hopping while they run
#   make node    the binary sojourn-node, to be given away
#   make test    all checks and tests          make soak   the longer ones
#   make check   formatting, lints, types, architecture      make screenshots   pictures of the dashboard
#   make bench   measure overhead              make fuzz   random modules and images until stopped

SHELL := /bin/sh
PYTHON ?= python3
export SOJOURN_CACHE ?= $(if $(XDG_CACHE_HOME),$(XDG_CACHE_HOME),$(HOME)/.cache)/sojourn
export CARGO_TARGET_DIR ?= $(SOJOURN_CACHE)/target
export PYO3_PYTHON := $(CURDIR)/.venv/bin/python
export PYO3_BUILD_EXTENSION_MODULE := 1
# The package installer on the path would be asked about its own updates at every step.
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# Tests of one process share the mesh's threads, and some of them hold such threads up on purpose.
TEST_THREADS := (rx: (worker_threads: 16), app: (worker_threads: 4), net: (worker_threads: 4), \
	tx: (worker_threads: 8), acc: (worker_threads: 8))

BIN := .venv/bin
AGAIN := $(BIN)/pytest --last-failed --last-failed-no-failures none
RUST_SOURCES := Cargo.toml Cargo.lock pyproject.toml $(shell find crates -name '*.rs' -o -name Cargo.toml)

.DEFAULT_GOAL := help
.PHONY: help build demo node test check unit rust-test soak fuzz bench examples docs lock screenshots

help:
	@sed -n '2,6s/^# *//p' Makefile

.venv/.installed: requirements/develop.lock
	@echo "==> Python packages into .venv"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "error: Python 3.11 or later is needed; set PYTHON=" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "hint: on Debian, apt install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --progress-bar off --require-hashes -r requirements/develop.lock
	@touch $@

.venv/.built: .venv/.installed $(RUST_SOURCES)
	@echo "==> extension sojourn._core (the first build takes some minutes)"
	@VIRTUAL_ENV=$(CURDIR)/.venv PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/maturin develop --release --locked
	@touch $@

build: .venv/.built

check: build
	@echo "==> formatting and lints"
	cargo fmt --all --check
	cargo clippy --locked --release --workspace --all-targets -- -D warnings
	$(BIN)/ruff format --check python tests docs examples benchmarks abi sdk
	$(BIN)/ruff check python tests docs examples benchmarks abi sdk
	@echo "==> types and layers"
	$(BIN)/mypy
	MYPYPATH=python:benchmarks/capture:examples $(BIN)/mypy docs/generate.py docs/screenshots.py examples/build.py examples/npm.py benchmarks/capture/*.py
	MYPYPATH=python:examples $(BIN)/mypy examples/stage.py $(wildcard examples/*/*.py)
	MYPYPATH=examples $(BIN)/mypy sdk/atoms.py
	MYPYPATH=python:benchmarks/migration:abi $(BIN)/mypy benchmarks/migration/*.py abi/*.py
	MYPYPATH=python:benchmarks/control:benchmarks/migration $(BIN)/mypy benchmarks/control/*.py
	MYPYPATH=python:benchmarks/message:benchmarks/migration $(BIN)/mypy benchmarks/message/run.py benchmarks/message/peers.py benchmarks/message/port.py
	MYPYPATH=python:benchmarks/doors:benchmarks/migration $(BIN)/mypy benchmarks/doors/*.py
	MYPYPATH=python:benchmarks/placement $(BIN)/mypy benchmarks/placement/*.py
	MYPYPATH=python:benchmarks/dashboard $(BIN)/mypy benchmarks/dashboard/*.py
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/architecture

test: check examples rust-test unit

rust-test: examples
	@echo "==> Rust tests; what fails of those with real sockets, processes or threads runs once more, and is told"
	ZENOH_RUNTIME='$(TEST_THREADS)' $(BIN)/python tests/rust.py

unit: build
	@echo "==> Python tests; what fails runs once more, and is told, since others may use this machine"
	$(BIN)/pytest tests/unit || $(AGAIN) tests/unit
	@echo "==> Python tests with real processes"
	$(BIN)/pytest tests/e2e || $(AGAIN) tests/e2e

soak: build
	@echo "==> longer tests"
	ZENOH_RUNTIME='$(TEST_THREADS)' SOJOURN_SOAK=1 $(BIN)/python tests/rust.py -- --include-ignored
	SOJOURN_SOAK=1 $(BIN)/pytest tests/unit tests/e2e

examples: .venv/.installed
	@echo "==> example programs"
	@$(BIN)/python examples/build.py >/dev/null
	@$(BIN)/python sdk/atoms.py >/dev/null

lock: .venv/.installed
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url --no-emit-find-links requirements/develop.in --output-file requirements/develop.lock

demo: build
	@echo "==> compiling Lua and SQLite to WebAssembly (once)"
	@$(BIN)/python examples/build.py lua sqlite >/dev/null
	@$(BIN)/python examples/demo/demo.py build/guests

node:
	cargo build --locked --profile standalone -p sojourn-node --bin sojourn-node
	@mkdir -p build && cp $(CARGO_TARGET_DIR)/standalone/sojourn-node build/ && ls -l build/sojourn-node

docs: build
	$(BIN)/python docs/generate.py

screenshots: build
	$(BIN)/python docs/screenshots.py

# Until stopped, each target in turn; TARGETS= and SECONDS= choose which and for how long.
TARGETS ?= $(notdir $(basename $(wildcard fuzz/fuzz_targets/*.rs)))
SECONDS ?= 600
fuzz:
	@cd fuzz && cargo build --locked --release && while true; do for target in $(TARGETS); do \
		echo "==> $$target for $(SECONDS) s"; mkdir -p corpus/$$target artifacts; \
		$(CARGO_TARGET_DIR)/release/$$target -max_total_time=$(SECONDS) -print_final_stats=1 \
			-artifact_prefix=artifacts/ corpus/$$target || exit 1; done; done

bench: build
	$(BIN)/sojourn bench capture
	$(BIN)/sojourn bench migration
	$(BIN)/sojourn bench message
	$(BIN)/sojourn bench placement
	$(BIN)/sojourn bench control
	$(BIN)/sojourn bench doors
	$(BIN)/sojourn bench dashboard
