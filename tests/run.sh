#!/usr/bin/env bash
# The whole gate: format, lints, tests, documentation, the cuda feature type-checked. Cheapest first.
# With --full also backbones against torchvision and timm, which are installed for it and need the network.
set -euo pipefail
cd "$(dirname "$0")/.."
is_full=
for option in "$@"; do
    case $option in
        --full) is_full=1 ;;
        *) echo "tests/run.sh [--full]" >&2 && exit 2 ;;
    esac
done
# shellcheck source=tests/packages.sh
. tests/packages.sh
need_packages build test
need_rust

step() {
    printf '\n== %s (%s)\n' "$1" "$(date +%T)"
    shift
    "$@"
}

# No display, no real graphics card: Mesa's software drivers draw the pictures of the window tests.
export LIBGL_ALWAYS_SOFTWARE=1 CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-never}

step "format" cargo fmt --all --check
step "lints" cargo clippy --workspace --all-targets --locked -- -D warnings
step "tests" cargo test --workspace --locked
step "documentation" env RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked
# The LLVM bundle of burn-cuda is not needed to check types; DOCS_RS keeps its build script from fetching it.
step "cuda feature" env DOCS_RS=1 cargo check --workspace --all-targets --features seam-app/cuda --locked
if command -v cargo-deny >/dev/null; then
    step "licences" cargo deny --offline check licenses bans sources || exit 1
fi
if [ -n "$is_full" ]; then
    step "backbones against PyTorch" engine/tests/reference/backbones.sh
fi
printf '\nAll checks passed (%s)\n' "$(date +%T)"
