#!/usr/bin/env bash
# Makes sure that what a make target needs is there. Installs what it may; says exactly what to
# install otherwise. Usage: scripts/setup.sh build|test|fuzz
set -euo pipefail
cd "$(dirname "$0")/.."
purpose="${1:-build}"

fail() {
  printf 'setup: %s\n' "$@" >&2
  exit 1
}

# The distribution's name for a package, installed through apt where this user may.
system_package() { # program, Debian package, how other systems call it
  local program="$1" package="$2" elsewhere="$3"
  command -v "$program" >/dev/null && return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "setup: $program is missing; installing the package $package" >&2
    apt-get update -qq >&2 || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $package >&2 \
      || fail "apt-get could not install $package; install it by hand and run this again"
    return 0
  fi
  fail "$program is missing." \
    "  Debian, Ubuntu: sudo apt-get install $package" "  elsewhere:      $elsewhere"
}

# 1.2.3 as a number that compares.
version_number() {
  local major minor
  IFS=. read -r major minor _ <<<"$1"
  echo $((10#$major * 1000 + 10#$minor))
}

command -v cargo >/dev/null || fail \
  "cargo is missing. Install Rust with rustup (rustup.rs), then run this again:" \
  "  rustup toolchain install stable --profile minimal --component rustfmt --component clippy"

wanted="$(sed -nE 's/^rust-version = "([0-9.]+)"/\1/p' Cargo.toml | head -n 1)"
present="$(rustc --version | cut -d' ' -f2)"
[ "$(version_number "$present")" -ge "$(version_number "$wanted")" ] || fail \
  "Rust $wanted or newer is needed, this is $present. Update it: rustup update stable"

system_package cc "gcc libc6-dev" "a C compiler, as the command cc"
# The search index (usearch) is written in C++.
system_package c++ "g++" "a C++ compiler, as the command c++"

# Video needs FFmpeg's programs when it is read or written; all else builds and runs without them.
if ! command -v "${SENSORIUM_FFMPEG:-ffmpeg}" >/dev/null || ! command -v "${SENSORIUM_FFPROBE:-ffprobe}" >/dev/null; then
  (system_package ffmpeg "ffmpeg" "FFmpeg 4.4 or newer, as the commands ffmpeg and ffprobe") \
    || echo "setup: going on without FFmpeg; only video needs it, and tests of video are skipped" >&2
fi

if [ "$purpose" = test ]; then
  system_package git "git" "git"
fi
if [ "$purpose" = test ] && [ -z "${SENSORIUM_NO_NEXTEST:-}" ] && ! command -v cargo-nextest >/dev/null; then
  echo "setup: installing cargo-nextest, the test runner (once, some minutes)" >&2
  cargo install --locked cargo-nextest >&2 \
    || echo "setup: cargo-nextest could not be installed; each test will run in its own cargo test process" >&2
fi

if [ "$purpose" = fuzz ] && ! command -v cargo-fuzz >/dev/null; then
  echo "setup: installing cargo-fuzz (once)" >&2
  cargo install --locked cargo-fuzz >&2 \
    || fail "cargo-fuzz could not be installed; try: cargo install --locked cargo-fuzz"
fi
