# Shared by the demo's scripts; $directory is the stand-in's
export ANSIBLE_CONFIG="$PWD/tests/demo/ansible.cfg"

heading() { printf '\n\033[1m%s\033[0m\n' "$*"; }

show() {
  printf '  $ %s\n' "$*"
  "$@"
}

use_demo() { eval "$(python -m tests.standin env --directory "$directory")"; }
