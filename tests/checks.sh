#!/usr/bin/env bash
# What make test runs in parallel with the tests: the linters, then the sanity tests
set -euo pipefail
tests/lint.sh
python -m tests.sanity
