# What the demo's scripts share; $directory is the stand-in's
export ANSIBLE_CONFIG="$PWD/tests/demo/ansible.cfg"

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

show() {
  printf '  $ %s\n' "$*"
  "$@"
}

look_at_demo() { eval "$(python -m tests.standin env --directory "$directory")"; }
