#!/usr/bin/env bash
# The linters. ansible-lint gets a home of its own: it installs a copy of the collection, which must not shadow the tree.
set -euo pipefail
yamllint --strict .
ruff check --quiet .
ruff format --quiet --check .
mypy
antsibull-changelog lint
HOME="$PWD/.cache/lint-home" ANSIBLE_HOME="$PWD/.cache/lint-home" ansible-lint -q
