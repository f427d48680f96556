#!/usr/bin/env bash
# Installs what building needs, builds everything and runs every test. Arguments go to ctest (-R NAME, -V, …).
# The exit code is ctest's. TVHOOK_PRESET=asan tests/run.sh runs them under another preset of CMakePresets.json.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/examples/building.sh"
preset=${TVHOOK_PRESET:-debug}

install_packages
say "building … tools and tests, preset $preset, $(nproc) jobs (the first time takes minutes)"
build_tree "$root" "$preset"
say "testing … build/$preset"
cd "$root"
exec ctest --preset "$preset" --parallel "$(nproc)" "$@"
