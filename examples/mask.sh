#!/usr/bin/env bash
# A style for the sky and another for the rest; and, through a pipe, a style for the sky alone.
set -euo pipefail
cd "$(dirname "$0")" && mkdir -p out

deno run -q stylize island.jpg --style strokes.jpg --mask island-sky.png --style woodcut.jpg \
  -o out/sky-and-rest.png --overwrite

cat island.jpg | deno run -q stylize - strokes.jpg --mask island-sky.png -o - > out/sky-only.png
