# Needs python3 and make, nothing else: the rest comes into .tools and .venv by itself.

UV_VERSION  := 0.13.9
PYTHON      ?= python3
UV          ?= .tools/bin/uv
OWN_UV      := $(if $(filter .tools/%,$(UV)),.tools/.uv-$(UV_VERSION))
RUN_READY   := .venv/.ready-run
TEST_READY  := .venv/.ready-test
BENCH_READY := .venv/.ready-bench
PYTEST      := .venv/bin/python -m pytest
# A process for each core, each with a server of its own; which tests stay together is said in tests/spread.py.
SPREAD      := -n logical --maxprocesses 4 --dist loadscope
BROWSER     := BROWSER_PATH="$$(.venv/bin/python tests/find_browser.py)" && export BROWSER_PATH
# Pytest says 5 when a choice in ARGS leaves one of its two runs without a test.
NONE_IS_OK  := { code=$$?; [ $$code = 5 ] && $(if $(ARGS),true,false) || exit $$code; }

.DEFAULT_GOAL := help
.PHONY: help run test test-large check bench screenshots clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' Makefile | expand -t 20

run: $(RUN_READY) ## Serve the console on http://127.0.0.1:8000/ (ARGS="--port 9000")
	@exec .venv/bin/python -m admin serve $(ARGS)

# Two processes: Playwright leaves an event loop running, in which no async test can start.
test: $(TEST_READY) ## Run every test, the ones in a browser too (ARGS="-x -k undo")
	@$(PYTEST) $(SPREAD) --ignore=tests/browser $(ARGS) || $(NONE_IS_OK)
	@if ls tests/browser/test_*.py >/dev/null 2>&1; then $(BROWSER) && { $(PYTEST) $(SPREAD) tests/browser $(ARGS) || $(NONE_IS_OK); }; fi

test-large: $(TEST_READY) ## Run the tests on a million rows, and scroll through a hundred thousand
	@$(PYTEST) -m large --ignore=tests/browser $(ARGS) || $(NONE_IS_OK)
	@$(BROWSER) && { $(PYTEST) -m large tests/browser $(ARGS) || $(NONE_IS_OK); }

check: $(TEST_READY) ## Lint, format, types, layers, templates, then every test
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@.venv/bin/djlint --lint --quiet templates
	@$(MAKE) --no-print-directory test

bench: $(BENCH_READY) ## Measure beside sqladmin and Django (ARGS="--small")
	@.venv/bin/python -m bench $(ARGS)

screenshots: $(TEST_READY) ## Take the pictures of the README
	@$(BROWSER) && .venv/bin/python -m tests.screenshots

clean: ## Remove what was set up; your data in .data stays
	@rm -rf .tools .venv

# Behind a proxy that signs for everybody, only the system knows whom to trust; a fresh Debian knows nobody.
sync = $(UV) sync --locked --quiet $(1) 2>/dev/null || $(UV) sync --locked --quiet --system-certs $(1)

# What serving needs comes first and alone, so that the first page is there sooner.
$(RUN_READY): pyproject.toml uv.lock | $(OWN_UV)
	@$(call sync,--inexact --no-dev)
	@touch $@

$(TEST_READY): pyproject.toml uv.lock | $(OWN_UV)
	@$(call sync,)
	@touch $@ $(RUN_READY)

$(BENCH_READY): $(TEST_READY)
	@$(call sync,--inexact --group bench)
	@touch $@

# An own uv: an older one of the system may not be able to read the lock file.
$(OWN_UV):
	@echo "Setting up, once: uv $(UV_VERSION) into .tools, packages into .venv"
	@$(PYTHON) -m venv .tools 2>/dev/null || { rm -rf .tools; \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null && $(PYTHON) -m venv .tools; \
	  else echo "Python's venv module is missing. On Debian or Ubuntu: sudo apt-get install python3-venv"; exit 1; fi; }
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@rm -f .tools/.uv-* && touch $@
