# Source this to run ansible, pytest and the stand-in by hand, as make does: `source tests/environment.sh`
OPTA_ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
export PATH="$OPTA_ROOT/.venv/bin:$PATH"
export ANSIBLE_COLLECTIONS_PATH="$OPTA_ROOT/.cache"
export PYTHONPATH="$OPTA_ROOT/.cache:$OPTA_ROOT"
export PYTHONDONTWRITEBYTECODE=1
export ANSIBLE_HOME="$OPTA_ROOT/.cache/ansible-home" ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false
export ANSIBLE_REMOTE_TMP="$ANSIBLE_HOME/tmp" PYTEST_DEBUG_TEMPROOT="$OPTA_ROOT/.cache"
