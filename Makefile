# Sensorium: every target does its own set-up. `make` or `make help` lists them.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# One target folder outside the checkout, shared by all targets (and by other checkouts).
export CARGO_TARGET_DIR ?= $(HOME)/.cache/sensorium-target
export CARGO_TERM_COLOR ?= auto
# rustup's default place, for shells that have not sourced its environment file.
export PATH := $(HOME)/.cargo/bin:$(PATH)

DEMO_OUT ?= runs/demo
DEMO_ARGS ?=
FUZZ_SECONDS ?= 20
BENCH_ARGS ?=

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' \
	  | while IFS=$$'\t' read -r name text; do printf '  make %-10s %s\n' "$$name" "$$text"; done
	@echo "  (build folder: $(CARGO_TARGET_DIR))"

.PHONY: setup
setup: ## Check the toolchain; install what may be installed
	@scripts/setup.sh build

.PHONY: build
build: setup ## Build the sensorium binary (release)
	cargo build --release --locked --package sensorium-cli
	@echo "built $(CARGO_TARGET_DIR)/release/sensorium"

.PHONY: demo
demo: build ## Run the whole story on the built-in rig; ends with report.html
	@mkdir -p "$(DEMO_OUT)"
	"$(CARGO_TARGET_DIR)/release/sensorium" demo --out "$(DEMO_OUT)" $(DEMO_ARGS)
	@test -s "$(DEMO_OUT)/report.html" || { echo "the demo left no report.html in $(DEMO_OUT)" >&2; exit 1; }
	@echo "report: $(abspath $(DEMO_OUT))/report.html"

.PHONY: test
test: ## Run every test: doc tests, examples, then all crates under nextest
	@scripts/setup.sh test
	scripts/test.sh

.PHONY: check
check: setup fmt clippy doc-check layers ## Formatting, clippy, docs (warnings denied) and the layer check

.PHONY: fmt
fmt: ## Check the formatting
	cargo fmt --all --check

.PHONY: clippy
clippy: ## Lint everything, warnings denied
	cargo clippy --release --locked --workspace --lib --bins --examples -- --deny warnings
	@# Tests and benchmarks may panic: that is how they fail.
	cargo clippy --release --locked --workspace --tests --benches -- --deny warnings \
	  --allow clippy::unwrap_used --allow clippy::expect_used --allow clippy::panic

.PHONY: gpu-check
gpu-check: ## Lint the code for graphics processors: sensorium-tomo with wgpu and cuda
	@# CUDA's compiler (LLVM) is downloaded to be linked. Its build script leaves that out where documentation
	@# is built, and linting links nothing either.
	DOCS_RS=1 cargo clippy --release --locked --package sensorium-tomo --features wgpu,cuda \
	  --lib --examples -- --deny warnings
	DOCS_RS=1 cargo clippy --release --locked --package sensorium-tomo --features wgpu,cuda \
	  --tests -- --deny warnings --allow clippy::unwrap_used --allow clippy::expect_used --allow clippy::panic

.PHONY: doc-check
doc-check:
	RUSTDOCFLAGS="--deny warnings" cargo doc --release --locked --workspace --no-deps

.PHONY: layers
layers: ## Check that imports run downwards only, and the house rules on files
	@scripts/layers.sh

.PHONY: bench
bench: setup ## Run the benchmarks, each beside its peer or limit (BENCH_ARGS=filter)
	cargo bench --locked --workspace --bench '*' -- $(BENCH_ARGS)

.PHONY: doc
doc: setup ## Build the reference documentation
	RUSTDOCFLAGS="--deny warnings" cargo doc --release --locked --workspace --no-deps
	@echo "open $(CARGO_TARGET_DIR)/doc/sensorium/index.html"

.PHONY: fuzz
fuzz: ## Fuzz each target for a short while (FUZZ_SECONDS=20)
	@scripts/setup.sh fuzz
	scripts/fuzz.sh "$(FUZZ_SECONDS)"

.PHONY: sanitize
sanitize: setup ## Run the tests of the code with `unsafe` in it under the address sanitizer (x86-64 Linux)
	@# The stable compiler brings the sanitizer's library; its flag is not stabilised yet.
	RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Zsanitizer=address" CARGO_TARGET_DIR="$(CARGO_TARGET_DIR)-asan" \
	  cargo test --release --locked --package sensorium-tomo --target x86_64-unknown-linux-gnu \
	  --lib --test fdk --test projector --test slabs

.PHONY: deny
deny: ## Check licences, sources and duplicate crates (needs cargo-deny)
	@command -v cargo-deny >/dev/null || { echo "install it first: cargo install --locked cargo-deny" >&2; exit 1; }
	cargo deny --workspace check licenses bans sources

.PHONY: clean
clean: ## Remove what Sensorium built (its own crates; dependencies stay compiled)
	cargo clean --release $$(cargo metadata --no-deps --format-version 1 --offline 2>/dev/null \
	  | grep -oE '"name":"sensorium[a-z-]*","version"' | cut -d'"' -f4 | sort -u | sed 's/^/--package /')
	rm -rf runs

.PHONY: clean-all
clean-all: ## Remove the whole build folder
	rm -rf "$(CARGO_TARGET_DIR)" runs
