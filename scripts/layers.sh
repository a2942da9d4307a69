#!/usr/bin/env bash
# The layer check is one integration test; it also runs with all the others under `make test`.
set -euo pipefail
cd "$(dirname "$0")/.."
# Over the whole workspace, so that features are those of every other build and nothing compiles twice.
cargo test --release --locked --workspace --test layers --quiet
