#!/bin/sh
# One rank on each host that is named, the first of them this one:
#
#   LONGCAT=/opt/longcat4j MODEL=/models/LongCat-Flash-Omni docs/deploy/ssh-hosts.sh alpha beta gamma delta
#
# Each host has the project and the checkpoint at the same paths, and the same secret in
# ~/.longcat-token (mode 600), since a command line can be read by everyone on a host.
set -eu

[ $# -ge 2 ] || { echo "usage: ssh-hosts.sh HOST HOST ..." >&2; exit 2; }
first=$1
size=$#

# What rank $1 runs, as a script of its own.
script() {
  cat <<END
LONGCAT_TOKEN=\$(cat ~/.longcat-token) || exit 2
RANK=$1 WORLD_SIZE=$size MASTER_ADDR=$first MASTER_PORT=${MASTER_PORT:-29400}
export LONGCAT_TOKEN RANK WORLD_SIZE MASTER_ADDR MASTER_PORT
exec "$LONGCAT/longcat" generate --model "$MODEL" --parallel processes \\
  --listen-on "${INTERFACE:-eth0}" "What can you do?"
END
}

rank=0
for host in "$@"; do
  if [ "$rank" -gt 0 ]; then
    script "$rank" | ssh "$host" sh -s &
  fi
  rank=$((rank + 1))
done
script 0 | sh -s
wait
