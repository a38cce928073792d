#!/usr/bin/env bash
# Compares every backbone with torchvision and timm: makes a Python environment, runs both sides, one network
# after the other so that a gigabyte of disk is enough. SEAM_PYTHON names a Python that has torch, torchvision,
# timm and safetensors already; arguments choose among the names of `backbones.py --list`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python=${SEAM_PYTHON:-}
if [ -z "$python" ]; then
    python3 -m venv "$work/venv"
    python=$work/venv/bin/python
    "$python" -m pip install --quiet torch torchvision timm safetensors
fi
names=("$@")
if [ ${#names[@]} -eq 0 ]; then
    mapfile -t names < <("$python" "$here/backbones.py" --list)
fi
for name in "${names[@]}"; do
    mkdir "$work/case"
    "$python" "$here/backbones.py" --out "$work/case" "$name"
    SEAM_PARITY=$work/case cargo test --locked --quiet --test backbones -- --nocapture |
        { grep features || [ $? -eq 1 ]; }
    rm -r "$work/case"
done
