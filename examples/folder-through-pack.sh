#!/usr/bin/env bash
# Three styles into a pack, once; then every photograph here through one of them.
set -euo pipefail
cd "$(dirname "$0")" && mkdir -p out

deno run -q precompute-style-covariance mosaic.jpg strokes.jpg woodcut.jpg \
  -o out/styles.safetensors --overwrite

deno run -q stylize astronaut.jpg cat.jpg coffee.jpg island.jpg rocket.jpg \
  out/styles.safetensors#woodcut --size 256 -o out --overwrite
