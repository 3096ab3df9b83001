#!/usr/bin/env bash
# Create two environments and two services on a stand-in for AWS.
set -euo pipefail
directory=$1
. tests/demo/common.sh

heading "1/6  Start a stand-in for AWS and EKS on this machine (no account, no cost, no container)"
python -m tests.standin status --directory "$directory" >/dev/null 2>&1 || python -m tests.standin up --directory "$directory"
use_demo

heading "2/6  Plan: show what a run would do, without changes"
show ansible-playbook -i inventories/demo opta.platform.env --check --diff

heading "3/6  Create the environments staging and production in parallel"
show ansible-playbook -i inventories/demo opta.platform.env

heading "4/6  Deploy the services"
show ansible-playbook -i inventories/demo opta.platform.service

heading "5/6  Run both playbooks again: nothing changes"
show ansible-playbook -i inventories/demo opta.platform.env
show ansible-playbook -i inventories/demo opta.platform.service

heading "6/6  List the resources in AWS and Kubernetes"
use_demo
kubectl config use-context opta-staging >/dev/null # the services run there
python -m tests.demo
