#!/usr/bin/env bash
# From nothing to two environments and two services, on a stand-in for AWS.
set -euo pipefail
directory=$1
. tests/demo/common.sh

say "1/6  Start a stand-in for AWS and EKS on this machine (no account, no cost, no container)"
python -m tests.standin status --directory "$directory" >/dev/null 2>&1 || python -m tests.standin up --directory "$directory"
look_at_demo

say "2/6  Plan: what a run would do, with nothing done"
show ansible-playbook -i inventories/demo opta.platform.env --check --diff

say "3/6  Build the environments staging and production, side by side"
show ansible-playbook -i inventories/demo opta.platform.env

say "4/6  Run the services on them"
show ansible-playbook -i inventories/demo opta.platform.service

say "5/6  The same again: nothing changes"
show ansible-playbook -i inventories/demo opta.platform.env
show ansible-playbook -i inventories/demo opta.platform.service

say "6/6  What stands now, asked of AWS and of Kubernetes"
look_at_demo
kubectl config use-context opta-staging >/dev/null # where the services are
python -m tests.demo
