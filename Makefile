# Card Station: `make demo` shows it, `make test` proves it, `make help` lists the rest.

VENV   := .venv
PYTHON := $(VENV)/bin/python
TOUR   := build/demo
SOURCES := station ui tests installer resources
PYTEST_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test check bench shift package package-window lock clean system-demo system-test system-package system-window

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 23

demo: system-demo $(VENV)/.installed ## issue, read and recycle a card on simulators; no hardware
	@if [ -n "$${DISPLAY:-}" ]; then $(VENV)/bin/station demo; \
	else $(VENV)/bin/station demo --tour $(TOUR); fi

test: check ## every check, then every test
	$(PYTHON) -m pytest -n auto $(PYTEST_ARGS)

check: system-test $(VENV)/.installed ## style, types, layers, sizes, known holes in dependencies
	$(VENV)/bin/ruff check $(SOURCES)
	$(VENV)/bin/ruff format --check $(SOURCES)
	$(PYTHON) -m mypy
	$(VENV)/bin/lint-imports
	$(PYTHON) -m installer.sizes
	$(PYTHON) -m installer.audit

bench: system-test $(VENV)/.installed ## benchmarks, each beside the limit it is measured against
	$(PYTHON) -m tests.bench

shift: system-test $(VENV)/.installed ## eight hours at the desk in fast motion: 10,000 operations with faults
	$(PYTHON) -m tests.shift

package: system-package $(VENV)/.installed ## the Windows setup, built twice, tried under Wine, its tests run there
	$(PYTHON) -m installer.build
	$(PYTHON) -m installer.build --again
	$(PYTHON) -m tests.bench.bench_frozen_start
	$(PYTHON) -m installer.lifecycle.older build/windows/bundle/CardStation build/windows/older-setup.exe
	rm -rf build/windows/prefix-life
	$(PYTHON) -m installer.lifecycle --setup dist/windows/CardStation-*-setup.exe \
	  --older build/windows/older-setup.exe --prefix build/windows/prefix-life
	$(PYTHON) -m installer.windows_tests

package-window: system-window $(VENV)/.installed ## after `make package`: its real window and a reader, under Wine 10
	$(PYTHON) -m installer.wine10 --setup dist/windows/CardStation-*-setup.exe

lock: $(VENV)/.installed ## resolve the dependencies anew into requirements.lock
	$(PYTHON) -m installer.lock

clean: ## remove what was built, the virtual environment included
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	  .import_linter_cache .benchmarks

system-demo:
	@installer/system.sh demo

system-package:
	@installer/system.sh package

system-window:
	@installer/system.sh window

system-test:
	@installer/system.sh test

$(PYTHON):
	"$$(installer/python.sh)" -m venv $(VENV)

# pyscard is built from source on Linux, with the pinned setuptools and the system's swig.
$(VENV)/.tools: requirements.lock | $(PYTHON)
	awk '/^[^ #]/ { keep = /^(pip|setuptools)==/ } keep' requirements.lock > $@.txt
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r $@.txt
	@touch $@

$(VENV)/.installed: requirements.lock pyproject.toml $(VENV)/.tools
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes \
	  --no-build-isolation -r requirements.lock
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
