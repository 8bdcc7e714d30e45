#!/usr/bin/env bash
# The parts of a data set on one machine, or on some, by GNU parallel; see docs/cluster.md.
#
#     PARTS=16 JOBS=4 examples/cluster/parallel.sh renderings/ streets/ -o restyled/ --alpha 0.3..1
#
# HOSTS=:,anna,otto runs them on this machine and two others that see the same files.
# A part that fails is tried three times in all.
set -euo pipefail
: "${PARTS:?is the number of parts}"
: "${LINEAR_STYLE:=linear-style}" # Or a command line that starts it.

failed=0
parallel --jobs "${JOBS:-2}" --retries 3 ${HOSTS:+--sshlogin "$HOSTS" --workdir .} \
  "$LINEAR_STYLE dataset $(printf '%q ' "$@") --shard {}/$PARTS --quiet" \
  ::: $(seq "$PARTS") || failed=1

# Puts the indices of all parts into one, and makes what a part has left out.
$LINEAR_STYLE dataset "$@" || failed=1
exit "$failed"
