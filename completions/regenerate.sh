#!/usr/bin/env bash
# Makes the committed completions anew from the tools' option definitions. Takes the build folder, else build/debug.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${1:-$root/build/debug}
[ -f "$build/CMakeCache.txt" ] || cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Debug >/dev/null
cmake --build "$build" --target generate_completions
"$build/tests/generate_completions" "$root/completions"
echo "completions made anew in $root/completions"
