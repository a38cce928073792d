#!/usr/bin/env bash
# Builds Seam with the right features and opens a clip; without a display, analyzes it and says where the result is.
#
#   app/run.sh [FILE]
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
file=${1:-}
if [ -n "$file" ]; then
    [ -e "$file" ] || {
        echo "There is no such file: $file" >&2
        exit 3
    }
    file=$(realpath -- "$file")
fi
cd "$here"
# shellcheck source=tests/packages.sh
. tests/packages.sh
need_packages build run
need_rust

features=gpu
if [ -e /proc/driver/nvidia/version ] || command -v nvidia-smi >/dev/null; then
    features=gpu,cuda
fi
build() {
    cargo build --release --locked -p seam-app -p seam-engine --no-default-features --features "seam-app/gpu,seam-engine/gpu$1"
}
if [ "$features" = gpu,cuda ]; then
    build ,seam-app/cuda,seam-engine/cuda || {
        echo "Building with CUDA failed; going on without it" >&2
        build ""
    }
else
    build ""
fi
programs=${CARGO_TARGET_DIR:-target}/release

if [ -z "$file" ]; then
    for sample in sample_media/*.mp4; do
        [ -e "$sample" ] && file=$here/$sample && break
    done
fi
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec "$programs/seam-workbench" ${file:+"$file"}
fi
if [ -z "$file" ]; then
    echo "There is no display. Name a clip, and it is analyzed here: app/run.sh FILE" >&2
    exit 2
fi
out=$(mktemp -d "${TMPDIR:-/tmp}/seam-XXXXXX")/scan.json
echo "There is no display, so the clip is analyzed here"
code=0
"$programs/seam" scan "$file" --json "$out" || code=$?
[ -e "$out" ] && echo "The whole result is in $out"
exit "$code"
