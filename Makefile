# `make help` lists the commands. Everything runs in .venv, which tests/environment.sh activates.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup binaries demo demo-env demo-destroy demo-down test test-changed test-fast test-controllers test-kill test-profile test-versions databases bench lint sanity docs docs-site new-module requirements build release clean

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

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: setup ## Create two environments and two services on a stand-in for AWS
	@$(RUN) tests/demo/demo.sh $(DEMO)

demo-env: ## Print export lines for aws, kubectl, and helm: eval "$(make -s demo-env)"
	@$(RUN) tests/demo/environment.sh $(DEMO)

demo-destroy: setup ## Destroy the demo's environments and keep the stand-in running
	@$(RUN) tests/demo/destroy.sh $(DEMO)

demo-down: setup ## Stop the demo's stand-in
	@$(RUN) python -m tests.standin down --directory $(DEMO)

test: binaries ## Run all tests except the long ones; TESTS="eks tests/unit/helm" for areas, paths, or node ids
	@$(RUN) $(call SELECTED,$(or $(TESTS),tests)) pytest $(PARALLEL) $(SHORT) $(if $(TESTS),,--budgets --beside tests/checks.sh) $$selected

test-changed: lint binaries ## Run the tests that the changes since main can affect
	@$(RUN) $(call SELECTED,--changed) pytest $(PARALLEL) $(SHORT) $$selected

test-fast: lint ## Run linters, contracts, and unit tests
	@$(RUN) pytest -n $(WORKERS) --ignore tests/unit/standin tests/contracts tests/unit

test-profile: binaries ## Run the tests, report and record their cost; TESTS="..." for a selection, without recording
	@$(RUN) $(call SELECTED,$(or $(TESTS),tests)) python -m tests.profile $(if $(TESTS),,--record) $(PARALLEL) $(SHORT) $$selected

test-kill: setup binaries ## Kill a run in each of its tasks in both ways, and each module after each of its changes
	@$(RUN) pytest -m kill_all -rP --record-result $@ tests/environment tests/module

test-controllers: setup binaries ## Run real controllers against the stand-in; OPTA_CONTROLLERS=directory for programs that cannot be built
	@$(RUN) pytest -m controllers -rsP --record-result $@ tests/controllers

databases: ## Install PostgreSQL and Redis for tests that log in to a database; needs root and Debian
	@tests/databases.sh

test-versions: setup binaries ## Test every supported ansible-core and collection; VERSIONS="--core 2.17" for a part
	@$(RUN) python -m tests.versions $(VERSIONS)

bench: setup binaries ## Measure performance against terraform plan and AWS's durations; BENCH="--parts second" for a part
	@$(RUN) python -m tests.bench $(BENCH)

lint: setup ## Run the linters
	@$(RUN) tests/lint.sh

sanity: setup ## Build the archive and run ansible-test sanity and galaxy-importer on it, if a file has changed
	@$(RUN) python -m tests.sanity

docs: setup ## Generate the READMEs; complete the defaults of the roles and the sample inventory
	@$(RUN) python -m tests.documentation

docs-site: setup ## Build the documentation site into .cache/site/html; LINKCHECK=1 also checks links to other sites
	@$(RUN) python -m tests.documentation.site

new-module: setup ## Create the files of a module: NAME=sqs_queue, and SERVICE=sqs if boto3 calls the service otherwise
	@$(RUN) python -m tests.scaffold $(NAME) $(SERVICE)

build: setup ## Build the archive of the collection in .cache/build
	@$(RUN) ansible-galaxy collection build --force --output-path .cache/build

release: lint sanity ## Write the changelog, tag the release, and build a signed archive; docs/contributing/release.md
	@$(RUN) tests/release.sh

requirements: setup ## Pin the requirements again, with hashes
	@$(RUN) python -m tests.versions.requirements

clean: ## Remove everything that make created, except the cache of built programs
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
	@echo "Installing Ansible and the requirements of the stand-in and the tests into .venv (once)"
	@[ -x .venv/bin/python ] || $(PYTHON) -m venv .venv
	@$(PIP) -r requirements/installer.txt
	@UV_CACHE_DIR=.cache/uv .venv/bin/uv pip install --quiet --compile-bytecode --python .venv/bin/python $(PINNED) -r requirements/development.txt || \
	  { echo "Retrying with pip, which may have a mirror configured"; $(PIP) -r requirements/development.txt; }
	@touch $@
