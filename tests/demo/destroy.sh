#!/usr/bin/env bash
# Destroy the demo's environments. Each needs its own name as the word, and its protection lifted.
set -euo pipefail
directory=$1
. tests/demo/common.sh
look_at_demo

say "Destroy staging and production"
show ansible-playbook -i inventories/demo opta.platform.destroy \
  -e '{"opta_destroy_confirm": "{{ inventory_hostname }}", "opta_deletion_protection": false}'
say "The stand-in still runs: make demo-down ends it"
