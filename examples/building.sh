# Sourced by examples/quickstart.sh and tests/run.sh: the one list of packages, and how the tree is built.
# shellcheck shell=bash

build_packages=(build-essential cmake ninja-build pkg-config ccache libcli11-dev nlohmann-json3-dev libsqlite3-dev
  libspdlog-dev libtomlplusplus-dev libboost-dev libssl-dev libcurl4-openssl-dev prometheus-cpp-dev catch2 scdoc curl sqlite3 jq)

say() { printf '%s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

distribution() { # "debian 12"
  (. /etc/os-release && echo "$ID ${VERSION_ID:-}") 2>/dev/null || echo unknown
}

missing_packages() {
  local package
  for package in "${build_packages[@]}"; do
    dpkg -s "$package" 2>/dev/null | grep -q '^Status: install ok installed' || echo "$package"
  done
}

install_packages() {
  if [ "$(distribution)" = "ubuntu 22.04" ]; then
    # Its own compiler, GCC 11, is too old for this code, and it has no package of toml++.
    build_packages=("${build_packages[@]/libtomlplusplus-dev/g++-12}")
    [ -n "$(find /usr/lib /usr/local -name tomlplusplusConfig.cmake 2>/dev/null)" ] ||
      die "Ubuntu 22.04 has no package of toml++ (libtomlplusplus-dev): install its headers and CMake files from source first,
or use Debian 12 or Ubuntu 24.04, where nothing is missing"
  fi
  if ! command -v dpkg apt-get >/dev/null; then
    say "installing build packages … no apt-get here: I go on and hope that these, or what they hold, are there:"
    say "  ${build_packages[*]}"
    return
  fi
  local missing=() as_root=()
  mapfile -t missing < <(missing_packages)
  if [ "${#missing[@]}" = 0 ]; then
    say "installing build packages … already there"
    return
  fi
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || die "installing packages needs root or sudo; install these and run me again:
  ${missing[*]}"
    as_root=(sudo)
  fi
  say "installing build packages … ${missing[*]}"
  local log
  log=$(mktemp)
  if ! { "${as_root[@]}" apt-get update &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } \
    >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    die "apt-get failed; its last words are above"
  fi
  rm -f "$log"
}

# build_tree FOLDER PRESET [TARGET...]: configures and builds FOLDER into FOLDER/build/PRESET.
build_tree() {
  local folder=$1 preset=$2
  shift 2
  if [ -z "${CXX:-}" ] && [ "$(distribution)" = "ubuntu 22.04" ]; then export CXX=g++-12; fi
  local log=$folder/build/$preset.log
  mkdir -p "$folder/build"
  (cd "$folder" && cmake --preset "$preset") >"$log" 2>&1 || { tail -n 30 "$log" >&2; die "configuring failed; all of it: $log"; }
  # Ninja's progress is for a person; a file gets the errors only.
  if [ -t 2 ]; then
    (cd "$folder" && cmake --build --preset "$preset" --parallel "$(nproc)" ${1:+--target "$@"}) >&2
  else
    (cd "$folder" && cmake --build --preset "$preset" --parallel "$(nproc)" ${1:+--target "$@"}) >>"$log" 2>&1 ||
      { grep -v '^\[' "$log" | tail -n 60 >&2; false; }
  fi || die "building failed; configuration and messages: $log"
}
