#!/bin/sh
# Install the emulator of Azure Blob Storage under var/tools/; without Node.js say so, and let the rest go on.
set -eu
cd "$(dirname "$0")/.."
kept="${CLOUDSTEPS_TOOLS_DIR:-var/tools}/azurite"
if ! command -v npm >/dev/null 2>&1; then
    echo "There is no Node.js with npm on this machine: the practice cloud runs without Azure Blob Storage." >&2
    exit 0
fi
mkdir -p "$kept"
for file in package.json package-lock.json; do
    cmp -s "infra_templates/practice/$file" "$kept/$file" || changed=yes
done
if test -n "${changed:-}" || ! test -d "$kept/node_modules/azurite"; then
    echo "Installing the emulator of Azure Blob Storage ..."
    cp infra_templates/practice/package.json infra_templates/practice/package-lock.json "$kept/"
    npm ci --prefix "$kept" --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
fi
