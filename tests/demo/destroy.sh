#!/usr/bin/env bash
# Destroy the demo's environments. Each requires its name as confirmation, and no deletion protection.
set -euo pipefail
directory=$1
. tests/demo/common.sh
use_demo

heading "Destroy staging and production"
show ansible-playbook -i inventories/demo opta.platform.destroy \
  -e '{"opta_destroy_confirm": "{{ inventory_hostname }}", "opta_deletion_protection": false}'
heading "The stand-in is still running. To stop it: make demo-down"
