#!/usr/bin/env bash
# The linters. ansible-lint takes as long as all others, beside which it runs; it gets a home of its own: it installs a copy of the
# collection, which must not shadow the tree.
set -euo pipefail
HOME="$PWD/.cache/lint-home" ANSIBLE_HOME="$PWD/.cache/lint-home" ansible-lint -q &
trap 'kill %1 2>/dev/null || true' EXIT
yamllint --strict .
ruff check --quiet .
ruff format --quiet --check .
mypy
antsibull-changelog lint
wait %1
