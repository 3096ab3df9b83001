#!/usr/bin/env bash
# Debian's PostgreSQL and Redis, for the tests that log in to a database: installed by root where they are missing, and not started.
set -euo pipefail
packages=()
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || packages+=(postgresql)
command -v redis-server >/dev/null || packages+=(redis-server)
[ "${#packages[@]}" -gt 0 ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "install ${packages[*]} by your system's means: this installs Debian's, as root" >&2
  exit 1
fi
# Runlevel 1: no service of theirs is started
timeout 120 apt-get update -qq
RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive timeout 300 apt-get install -qq -y --no-install-recommends "${packages[@]}"
