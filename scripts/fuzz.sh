#!/usr/bin/env bash
# Runs each fuzz target for a while: scripts/fuzz.sh SECONDS
set -euo pipefail
cd "$(dirname "$0")/.."
seconds="${1:-20}"
if ! compgen -G "fuzz/fuzz_targets/*.rs" >/dev/null; then
  echo "no fuzz targets in fuzz/fuzz_targets" >&2
  exit 0
fi
# Coverage instrumentation works on the stable compiler; the address sanitizer would need nightly.
for target in fuzz/fuzz_targets/*.rs; do
  name="$(basename "$target" .rs)"
  echo "== $name for $seconds s"
  cargo fuzz run --sanitizer none "$name" -- -max_total_time="$seconds" -rss_limit_mb=2048 -print_final_stats=1
done
