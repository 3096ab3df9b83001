#!/usr/bin/env bash
# A release: changelog, commit, signed tag, archive with sums and signatures. Nothing leaves the machine. Checks come before the first change.
set -euo pipefail
stop() { echo "$1" >&2; exit 1; }

version="$(python -c 'import yaml; print(yaml.safe_load(open("galaxy.yml"))["version"])')"
directory="$PWD/.cache/release"
archive="opta-platform-$version.tar.gz"

[ "$(git rev-parse --abbrev-ref HEAD)" = main ] || stop "A release is made on the branch main: git checkout main"
[ -z "$(git status --porcelain)" ] || stop "The working tree has changes: commit or stash them. See git status."
! git rev-parse --quiet --verify "refs/tags/v$version" >/dev/null || stop "Version $version has a tag already: set the next version in galaxy.yml."
compgen -G 'changelogs/fragments/*.yml' >/dev/null || stop "No fragment in changelogs/fragments describes version $version."
key="$(git config user.signingkey || gpg --list-secret-keys --with-colons 2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }')"
sign() { gpg --yes --quiet --local-user "$key" --armor --detach-sign --output "$2" "$1"; }
{ [ -n "$key" ] && sign galaxy.yml /dev/null; } || stop "GnuPG has no secret key${key:+ $key} that signs. \
Create one, for example: gpg --quick-generate-key 'Your Name <you@example.com>'. To select one of several: git config user.signingkey <key>"

antsibull-changelog release --version "$version"
git add CHANGELOG.rst changelogs
git commit --quiet --message "Release $version"
git tag --local-user "$key" --message "opta.platform $version" "v$version"

rm -rf "$directory"
ansible-galaxy collection build --output-path "$directory" >/dev/null
cd "$directory"
tar -xzf "$archive" MANIFEST.json
sign MANIFEST.json "opta-platform-$version-MANIFEST.json.asc"
rm MANIFEST.json
sha256sum "$archive" >"$archive.sha256"
sign "$archive" "$archive.asc"
sha256sum --quiet --check "$archive.sha256"
gpg --quiet --verify "$archive.asc" "$archive" 2>/dev/null || stop "The signature of $archive is not valid."

echo "Release $version is in $directory. To publish it:"
echo "  git push origin main v$version"
echo "  ansible-galaxy collection publish $directory/$archive"
