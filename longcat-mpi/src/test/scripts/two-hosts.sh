#!/usr/bin/env bash
# two-hosts.sh tcp|mpi CLASSPATH [PATIENCE_MILLIS]: two ranks on two hosts of their own, network
# namespaces with names of their own that a pair of veth connects. After some sums the link is cut
# without a word. Prints when, and how many seconds later each rank said what; fails unless both
# name a rank. Needs to be root; ends with 77 where namespaces are not allowed.
set -u
transport=$1
classpath=$2
patience=${3:-10000}
# A loaded machine may be late; what is promised is 12 s for 10.
slack=$((patience < 10000 ? 1000 : 0))
name=lc$$
a=$name-a
b=$name-b
out=$(mktemp -d)
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

clean() {
  for space in "$a" "$b"; do
    pids=$(ip netns pids "$space" 2>/dev/null) && [ -n "$pids" ] && kill -9 $pids
    ip netns delete "$space" 2>/dev/null
  done
  rm -rf "$out"
}
trap clean EXIT

allowed() {
  [ "$(id -u)" = 0 ] || return 1
  ip netns add "$a" && ip netns add "$b" || return 1
  ip link add "$name"a netns "$a" type veth peer name "$name"b netns "$b" || return 1
  ip -n "$a" addr add 10.77.0.1/24 dev "$name"a && ip -n "$b" addr add 10.77.0.2/24 dev "$name"b || return 1
  for space in "$a" "$b"; do ip -n "$space" link set lo up || return 1; done
  ip -n "$a" link set "$name"a up && ip -n "$b" link set "$name"b up && unshare -u true
}
if ! allowed 2>"$out/why"; then
  echo "skipped: network namespaces are not allowed here ($(tr '\n' ' ' <"$out/why"))"
  exit 77
fi

# on SPACE COMMAND...: on that host, under its name.
on() {
  space=$1
  shift
  ip netns exec "$space" unshare -u sh -c 'hostname "$0"; exec "$@"' "$space" "$@"
}

program=("$java" -XX:TieredStopAtLevel=1 -Xmx100m -cp "$classpath" io.longcat4j.mpi.RankProgram
  "$transport" "$patience" harm none)
case $transport in
  tcp)
    export WORLD_SIZE=2 MASTER_ADDR=10.77.0.1 MASTER_PORT=29540 LONGCAT_TOKEN=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    RANK=0 on "$a" "${program[@]}" >"$out/0" 2>&1 &
    RANK=1 on "$b" "${program[@]}" >"$out/1" 2>&1 &
    ;;
  mpi)
    command -v mpirun >/dev/null || { echo "skipped: mpirun is not installed"; exit 77; }
    cat >"$out/agent" <<AGENT
#!/bin/sh
shift
exec ip netns exec $b unshare -u sh -c "hostname $b; \$*"
AGENT
    chmod +x "$out/agent"
    on "$a" mpirun --allow-run-as-root --host 10.77.0.1,10.77.0.2 --enable-recovery \
      --mca plm_rsh_agent "$out/agent" --mca pml ob1 --mca btl tcp,self \
      --mca btl_tcp_if_include 10.77.0.0/24 --mca oob_tcp_if_include 10.77.0.0/24 \
      -x LONGCAT_INTERFACE=10.77.0.1 \
      sh -c '"$@" >"$0/$OMPI_COMM_WORLD_RANK" 2>&1' "$out" "${program[@]}" >"$out/mpirun" 2>&1 &
    ;;
  *) echo "tcp or mpi, not $transport"; exit 2 ;;
esac

wait_for() {
  for _ in $(seq 600); do
    grep -q "$1" "$out/0" 2>/dev/null && grep -q "$1" "$out/1" 2>/dev/null && return 0
    sleep 0.1
  done
  echo "not said by both: $1"
  tail -n 20 "$out"/*
  return 1
}

wait_for "harm at" || exit 1
cat "$out/0" | grep joined
ip -n "$b" link set "$name"b down
cut=$(date +%s%3N)
wait_for "failed at" || exit 1
for rank in 0 1; do
  line=$(grep "failed at" "$out/$rank")
  at=$(echo "$line" | sed 's/.*failed at \([0-9]*\).*/\1/')
  echo "rank $rank after $(((at - cut) / 1000)).$(printf %03d $(((at - cut) % 1000))) s: ${line#*: }"
  [ $((at - cut)) -le $((patience * 12 / 10 + slack)) ] || { echo "too late"; exit 1; }
  case $line in *"rank $((1 - rank)) on"*) ;; *) echo "names the wrong rank"; exit 1 ;; esac
done
