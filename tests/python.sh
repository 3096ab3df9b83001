#!/usr/bin/env bash
# Prints the Python that .venv is made of: python3, unless pyenv has built it without optimizations and the system's own can serve;
# such a build takes an eighth longer for all tests.
set -euo pipefail
usable='import ensurepip, sys; sys.exit(sys.version_info < (3, 11))'
plain='import sys, sysconfig; sys.exit("pyenv" not in sys.prefix or "--enable-optimizations" in sysconfig.get_config_var("CONFIG_ARGS"))'

if python3 -c "$plain" 2>/dev/null && /usr/bin/python3 -c "$usable" 2>/dev/null; then
  echo /usr/bin/python3
else
  echo python3
fi
