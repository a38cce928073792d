#!/usr/bin/env bash
# Builds Seam with the right features and opens clips, the samples if none is named; without a display, analyzes them and
# says where the results are.
#
#   app/run.sh [FILE...]
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
files=()
for file in "$@"; do
    [ -e "$file" ] || {
        echo "There is no such file: $file" >&2
        exit 3
    }
    files+=("$(realpath -- "$file")")
done
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

if [ ${#files[@]} -eq 0 ]; then
    files=("$here"/sample_media/*.mp4)
fi
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec "$programs/seam-workbench" "${files[@]}"
fi
out=$(mktemp -d "${TMPDIR:-/tmp}/seam-XXXXXX")
[ ${#files[@]} -gt 1 ] || out=$out/scan.json
echo "There is no display, so what is named is analyzed here"
code=0
"$programs/seam" scan "${files[@]}" --json "$out" || code=$?
[ -e "$out" ] && echo "The whole result is in $out"
exit "$code"
