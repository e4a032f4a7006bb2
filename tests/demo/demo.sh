#!/usr/bin/env bash
# The way from a config with mistakes to a validated export. Run by `make demo`, in the activated environment.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
work=build/demo
rm -rf "$work"
mkdir -p "$work"
cp "$here/../data/esm_with_mistakes.py" "$work/esm.py"
cd "$work"
export HF_HUB_OFFLINE=1 # nothing here needs the network

title() { printf '\n\033[1m%s\033[0m\n' "$*"; }
show() {
  printf '$ %s\n' "$*"
  "$@"
}

title "1. An ESM config as the contribution guide writes it, with three mistakes"
show neuron-config check esm.py && { echo "expected findings" >&2; exit 1; }

title "2. Their fixes"
show neuron-config check --fix esm.py
show neuron-config check esm.py

title "3. Export a tiny random ESM with it, and validate it against PyTorch"
show neuron-config export --config-file esm.py --task text-classification --batch_size 1 --sequence_length 16 esm_neuron/

title "4. Inference with what was exported"
cat "$here/inference.py"
python "$here/inference.py"
