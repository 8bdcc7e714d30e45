#!/usr/bin/env bash
# Two parts of one style and one of another; then the mosaic's grain in the shapes of the strokes.
set -euo pipefail
cd "$(dirname "$0")" && mkdir -p out

deno run -q stylize island.jpg --style mosaic.jpg:2 --style strokes.jpg:1 \
  -o out/mixed.png --overwrite

deno run -q blend island.jpg --level 1=mosaic.jpg --level 4=strokes.jpg \
  -o out/blended.png --overwrite
