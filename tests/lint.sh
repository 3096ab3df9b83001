#!/usr/bin/env bash
# The linters, side by side; what one says is shown when it fails. ansible-lint takes longest: it runs where a file has changed that it
# may read since it was content last, and its many syntax checks are forks of one ansible-playbook that has been loaded.
set -euo pipefail
content=.cache/ansible-lint.content
work="$(mktemp -d)"
trap 'jobs -p | xargs --no-run-if-empty kill 2>/dev/null || true; rm -rf "$work"' EXIT

files_of_ansible() {
  { git ls-files -z --cached --others --exclude-standard -- . ':!docs' ':!plugins/module_utils' ':!tests' | xargs -0 sha256sum 2>&1 || true; } | sha256sum
}

# A home of its own: it installs a copy of the collection, which must not shadow the tree
lint_ansible() {
  local now
  now="$(files_of_ansible)"
  [ "$now" = "$(cat "$content" 2>/dev/null)" ] && return
  HOME="$PWD/.cache/lint-home" ANSIBLE_HOME="$PWD/.cache/lint-home" PATH="$PWD/tests/support/commands:$PATH" \
    OPTA_PLAYBOOK_SERVERS="$work" OPTA_TESTS_OWNER="$$:$(cut -d ' ' -f 22 "/proc/$$/stat")" ansible-lint -q
  echo "$now" >"$content"
}

declare -A started
begin() {
  "${@:2}" >"$work/$1.output" 2>&1 &
  started[$1]=$!
}

begin ansible-lint lint_ansible
begin mypy mypy
begin yamllint yamllint --strict .
begin ruff ruff check --quiet .
begin ruff-format ruff format --quiet --check .
begin changelog antsibull-changelog lint
failed=()
for linter in "${!started[@]}"; do
  wait "${started[$linter]}" || { failed+=("$linter"); cat "$work/$linter.output"; }
done
[ "${#failed[@]}" = 0 ] || { echo "failed: ${failed[*]}" >&2; exit 1; }
