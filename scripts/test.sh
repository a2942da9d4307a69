#!/usr/bin/env bash
# Every test: doc tests, the examples (each is run), then all crates. Release profile throughout, so
# that one build serves everything. The test runner comes last: its closing lines end the output.
set -euo pipefail
cd "$(dirname "$0")/.."
CARGO_TARGET_DIR="$(realpath -m "${CARGO_TARGET_DIR:-$HOME/.cache/sensorium-target}")"
export CARGO_TARGET_DIR

echo "== doc tests"
cargo test --release --locked --workspace --doc

echo "== examples"
cargo build --release --locked --workspace --examples
found=0
for source in crates/*/examples/*.rs; do
  [ -e "$source" ] || continue
  # An example that needs arguments, data or minutes says so in its first lines and is built only.
  if head -n 5 "$source" | grep -q 'not run by the tests'; then
    echo "-- $source (built, not run)"
    continue
  fi
  echo "-- $source"
  scratch="$(mktemp -d)"
  log="$scratch.log"
  if ! (cd "$scratch" && "$CARGO_TARGET_DIR/release/examples/$(basename "$source" .rs)" >"$log" 2>&1 </dev/null); then
    tail -n 40 "$log"
    echo "example $source failed" >&2
    exit 1
  fi
  rm -rf "$scratch" "$log"
  found=$((found + 1))
done
echo "$found examples ran"

echo "== tests"
if command -v cargo-nextest >/dev/null && [ -z "${SENSORIUM_NO_NEXTEST:-}" ]; then
  cargo nextest run --release --locked --workspace --no-fail-fast
else
  scripts/test-one-by-one.sh
fi
