#!/usr/bin/env bash
# Print the export lines with which aws, kubectl, helm and ansible-playbook use the demo.
set -euo pipefail
directory=$1
if ! python -m tests.standin status --directory "$directory" >/dev/null 2>&1; then
  echo "The demo's stand-in is not running. To start it: make demo" >&2
  exit 1
fi
python -m tests.standin env --directory "$directory"
printf 'export %s=%q\n' ANSIBLE_COLLECTIONS_PATH "$ANSIBLE_COLLECTIONS_PATH" ANSIBLE_HOME "$ANSIBLE_HOME" PYTHONPATH "$PYTHONPATH"
