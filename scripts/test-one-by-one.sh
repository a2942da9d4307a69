#!/usr/bin/env bash
# Stands in for cargo-nextest where it cannot be installed: every test in its own process (the CPU
# backend's random generator is one per process, so tests must not share one).
set -euo pipefail
cd "$(dirname "$0")/.."

binaries="$(mktemp)"
trap 'rm -f "$binaries"' EXIT

# `Executable … (path)` lines name the test binaries; paths are relative or absolute.
cargo test --release --locked --workspace --lib --bins --tests --no-run 2>&1 | tee /dev/stderr \
  | sed -nE 's/^ *Executable .*\((.*)\)$/\1/p' >"$binaries"

# Tests run in their crate's folder, as cargo would run them.
crate_folder() {
  local stem
  stem="$(basename "$1" | sed -E 's/-[0-9a-f]{16}$//')"
  if [ -d "crates/${stem//_/-}" ]; then
    echo "crates/${stem//_/-}"
  elif compgen -G "crates/*/tests/$stem.rs" >/dev/null; then
    dirname "$(dirname "$(compgen -G "crates/*/tests/$stem.rs" | head -n 1)")"
  else
    echo "crates/sensorium-cli"
  fi
}

passed=0 failed=0
export CARGO_BIN_EXE_sensorium="${CARGO_TARGET_DIR:-target}/release/sensorium"
while read -r binary; do
  binary="$(realpath "$binary")"
  folder="$(crate_folder "$binary")"
  names="$("$binary" --list --format terse | sed -nE 's/: test$//p')"
  ignored="$("$binary" --list --format terse --ignored | sed -nE 's/: test$//p')"
  while read -r name; do
    [ -n "$name" ] || continue
    if grep -qxF -- "$name" <<<"$ignored"; then continue; fi
    if output="$(cd "$folder" && "$binary" --exact "$name" --nocapture 2>&1 </dev/null)"; then
      passed=$((passed + 1))
    else
      failed=$((failed + 1))
      printf 'FAILED %s: %s\n%s\n' "$(basename "$binary")" "$name" "$output"
    fi
  done <<<"$names"
done <"$binaries"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
