# `make help` says what there is. Everything runs in .venv, as tests/environment.sh sets it up.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup binaries demo demo-env demo-destroy demo-down test test-changed test-fast test-controllers test-kill test-profile test-versions databases bench lint sanity docs docs-site requirements build release clean

PYTHON ?= python3
WORKERS ?= 3
RUN := source tests/environment.sh &&
PARALLEL := -n $(WORKERS) --dist loadfile --no-loadscope-reorder
LINK := .cache/ansible_collections/opta/platform
SELECTED = set -f && IFS=$$'\n' && selected="$$(python -m tests.selection $(1))" &&
SHORT := -m 'not kill_all and not controllers and not processes'
DEMO := .standin/demo
STAMP := .venv/requirements.stamp
PINNED := --require-hashes --no-deps
PIP := .venv/bin/pip install --quiet --disable-pip-version-check $(PINNED)

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: setup ## Build two environments and two services on a stand-in for AWS, from nothing
	@$(RUN) tests/demo/demo.sh $(DEMO)

demo-env: ## Print export lines: eval "$(make -s demo-env)" lets aws, kubectl and helm look at the demo
	@$(RUN) tests/demo/environment.sh $(DEMO)

demo-destroy: setup ## Destroy the demo's environments; the stand-in stays
	@$(RUN) tests/demo/destroy.sh $(DEMO)

demo-down: setup ## End the demo's stand-in
	@$(RUN) python -m tests.standin down --directory $(DEMO)

test: $(if $(TESTS),,lint sanity) binaries ## Run all tests but the long ones; TESTS="eks tests/unit/helm" for areas, paths, node ids
	@$(RUN) $(call SELECTED,$(or $(TESTS),tests)) pytest $(PARALLEL) $(SHORT) $(if $(TESTS),,--budgets) $$selected

test-changed: lint binaries ## Run the tests that what has changed since main may affect
	@$(RUN) $(call SELECTED,--changed) pytest $(PARALLEL) $(SHORT) $$selected

test-fast: lint ## Run linters, contracts and unit tests
	@$(RUN) pytest -n $(WORKERS) --ignore tests/unit/standin tests/contracts tests/unit

test-profile: binaries ## Run the tests, say what they cost, and record it; TESTS="..." for some, without recording
	@$(RUN) $(call SELECTED,$(or $(TESTS),tests)) python -m tests.profile $(if $(TESTS),,--record) $(PARALLEL) $(SHORT) $$selected

test-kill: setup binaries ## Kill a run in every one of its tasks, in both ways, and modules after each of their changes
	@$(RUN) pytest -m kill_all -rP --record-result $@ tests/environment tests/module

test-controllers: setup binaries ## Run real controllers against the stand-in; OPTA_CONTROLLERS=directory for binaries that cannot be built
	@$(RUN) pytest -m controllers -rsP --record-result $@ tests/controllers

databases: ## Install PostgreSQL and Redis for the tests that log in to a database; root, Debian
	@tests/databases.sh

test-versions: setup binaries ## Run contracts, unit tests and a life cycle under each supported ansible-core; VERSIONS="--core 2.17" for less
	@$(RUN) python -m tests.versions $(VERSIONS)

bench: setup binaries ## Measure against terraform plan and AWS's own waits; BENCH="--parts second" for less
	@$(RUN) python -m tests.bench $(BENCH)

lint: setup ## Run the linters
	@$(RUN) tests/lint.sh

sanity: setup ## Build the archive and run ansible-test sanity and galaxy-importer on it, if a file has changed
	@$(RUN) python -m tests.sanity

docs: setup ## Write the generated parts of the READMEs
	@$(RUN) python -m tests.documentation

docs-site: setup ## Build the documentation site into .cache/site/html; LINKCHECK=1 also checks links to other sites
	@$(RUN) python -m tests.documentation.site

build: setup ## Build the collection's archive into .cache/build
	@$(RUN) ansible-galaxy collection build --force --output-path .cache/build

release: lint sanity ## Write the changelog, tag the release, and build a signed archive; docs/contributing/release.md
	@$(RUN) tests/release.sh

requirements: setup ## Pin the requirements anew, with hashes
	@$(RUN) python -m tests.versions.requirements

clean: ## Remove everything that make has made, but for the cache of built binaries
	@if [ -x .venv/bin/python ]; then $(RUN) for directory in .standin/*/; do \
	  [ ! -d "$$directory" ] || python -m tests.standin down --directory "$$directory"; done; fi
	@rm -rf .ansible .cache .mypy_cache .pytest_cache .ruff_cache .standin .venv

binaries: setup
	@$(RUN) python -m tests.standin.binaries

setup: $(STAMP) $(LINK)

$(LINK):
	@mkdir -p $(dir $@) && ln -sfn ../../.. $@

$(STAMP): requirements/installer.txt requirements/development.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, for example: make PYTHON=python3.11")'
	@echo "Installing Ansible, the stand-in's and the tests' requirements into .venv (once)"
	@[ -x .venv/bin/python ] || $(PYTHON) -m venv .venv
	@$(PIP) -r requirements/installer.txt
	@UV_CACHE_DIR=.cache/uv .venv/bin/uv pip install --quiet --compile-bytecode --python .venv/bin/python $(PINNED) -r requirements/development.txt || \
	  { echo "Trying pip, which may know of a mirror"; $(PIP) -r requirements/development.txt; }
	@touch $@
