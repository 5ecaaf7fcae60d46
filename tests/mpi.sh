#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Trainings of several processes (docs/mpi.md) against trainings of one: mpi.sh path/to/spikeroll. One TAP line a check; exit code 0
# if all passed. Skipped where there is no mpirun, or no module for it beside the program.
X=${1:?usage: mpi.sh SPIKEROLL}
. tests/lib/checks.sh
if ! command -v mpirun >/dev/null; then skip "trainings of several processes" "there is no mpirun: \`make mpi\` installs Open MPI"; exit 0; fi
if [ ! -e "$(dirname "$X")/sim/ranks.mpi.so" ]; then skip "trainings of several processes" "there is no sim/ranks.mpi.so: \`make mpi\` builds it"; exit 0; fi
# More processes than cores, as any user, on a machine that may be a container's; and they do not wait at full speed.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
export OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_btl_vader_single_copy_mechanism=none OMPI_MCA_btl_base_warn_component_unused=0
run() { timeout 300 mpirun "$@"; }
# Starts a training of so many processes in the background ($mpi: mpirun's process), and waits for its first rows.
begin() { # processes, folder, options...
    count=$1 out=$2; shift 2
    mpirun -n $count "$X" train "$@" --out "$out" --json >"$W/stdout" 2>"$W/err" &
    mpi=$!
    for wait in $(seq 600); do [ "$(rows "$out")" -ge 8 ] && return 0; kill -0 $mpi 2>/dev/null || return 1; sleep 0.05; done
    return 1
}
# The process of a rank, among the children of mpirun.
pid_of() {
    for child in $(cat /proc/$mpi/task/*/children); do
        tr '\0' '\n' <"/proc/$child/environ" 2>/dev/null | grep -qx "OMPI_COMM_WORLD_RANK=$1" && { echo "$child"; return; }
    done
}
# A rank of so many is killed in the middle; the run goes on with another number of processes.
killed_and_resumed() { # rank, processes, processes then, folder, options...
    rank=$1 first=$2 then=$3 folder=$4; shift 4
    begin $first "$folder" "$@" || { cat "$W/err"; return 1; }
    kill -KILL "$(pid_of $rank)"
    wait $mpi && { echo "mpirun succeeded"; return 1; }
    [ "$(rows "$folder")" -lt 120 ] || { echo "it was done before"; return 1; }
    run -n $then "$X" train --resume --data "$W/data" --out "$folder" --json
}

check "data" "$X" data synth "$W/data" --train 400 --test 100
T="--data $W/data --batch 40 --seed 9 --theta 200 --temperature 50 --eval-every 7 --population 22"
R="$T --hidden 70 --rank 2"
L="$T --mode local --hidden 130 --average 12 --shift 1"

check "lowrank, one process" "$X" train $R --generations 20 --out "$W/r"
check "local, one process" "$X" train $L --generations 20 --out "$W/l"
for k in 1 2 3 4; do
    check "lowrank, $k ranks" run -n $k "$X" train $R --generations 20 --out "$W/r$k"
    check "identical" "$X" diff "$W/r" "$W/r$k"
    check "local, $k ranks" run -n $k "$X" train $L --generations 20 --out "$W/l$k"
    check "identical" "$X" diff "$W/l" "$W/l$k"
done
check "rank 0 alone speaks" sh -c "timeout 300 mpirun -n 3 '$X' train $R --generations 20 --out '$W/json' --json >'$W/j'"
check "once" json "$W/j" 'v["end"] == "complete" and v["generations"] == 20'
check "full, one process" "$X" train $T --mode full --hidden 24,10 --generations 6 --out "$W/f"
check "full, 3 ranks" run -n 3 "$X" train $T --mode full --hidden 24,10 --generations 6 --out "$W/f3"
check "identical" "$X" diff "$W/f" "$W/f3"
check "more ranks than pairs" run -n 4 "$X" train $R --population 4 --generations 6 --out "$W/p4"
check "one process" "$X" train $R --population 4 --generations 6 --out "$W/p"
check "identical" "$X" diff "$W/p" "$W/p4"
check "local without means, one process" "$X" train $T --mode local --hidden 300 --generations 6 --out "$W/t"
check "2 ranks of 2 threads" run -n 2 "$X" train $T --mode local --hidden 300 --threads 2 --generations 6 --out "$W/t2"
check "identical" "$X" diff "$W/t" "$W/t2"

# ---- ends ----
S="--generations 120 --checkpoint-every 5"
check "unbroken, lowrank" "$X" train $R $S --out "$W/ur"
check "unbroken, local" "$X" train $L $S --out "$W/ul"
check "lowrank: rank 1 of 3 killed, 2 go on" killed_and_resumed 1 3 2 "$W/kr" $R $S
check "identical" "$X" diff "$W/ur" "$W/kr"
check "local: rank 2 of 3 killed, 4 go on" killed_and_resumed 2 3 4 "$W/kl" $L $S
check "identical" "$X" diff "$W/ul" "$W/kl"
check "rank 0 of 2 killed, 1 goes on" killed_and_resumed 0 2 1 "$W/k0" $R $S
check "identical" "$X" diff "$W/ur" "$W/k0"
stopped() { # SIGUSR1 to mpirun stops the run in good order
    begin 2 "$W/s" $R $S --checkpoint-every 1000 || return 1
    kill -USR1 $mpi
    wait $mpi || return 1
    grep -q '"interrupted"' "$W/stdout" && "$X" train --resume --data "$W/data" --out "$W/s" --json
}
check "a signal to mpirun stops in good order" stopped
check "identical" "$X" diff "$W/ur" "$W/s"
check "a limit of time is rank 0's" sh -c "timeout 300 mpirun -n 3 '$X' train $R --generations 1000000 --time-limit 2 --out '$W/limit' --json >'$W/j'"
check "and ends in good order" json "$W/j" 'v["end"] == "time limit"'

# ---- refusals ----
refused_ranks() { # text wanted, mpirun's arguments...: one line of the program's, and failure
    want=$1; shift
    run "$@" >"$W/stdout" 2>"$W/err"; got=$?
    [ $got != 0 ] && grep '^spikeroll' "$W/err" | grep -q -e "$want" && [ "$(grep -c '^spikeroll' "$W/err")" = 1 ]
}
check "a rank without its device" refused_ranks 'train: rank 1: no simulation build "nonsuch"' \
    -n 1 "$X" train $R --out "$W/x" : -n 1 "$X" train $R --engine sim --build nonsuch --out "$W/x"
check "a rank with a wrong option" refused_ranks "rank 1: .*--threads" -n 1 "$X" train $R --out "$W/x" : -n 1 "$X" train $R --threads none --out "$W/x"
check "no data" refused_ranks "train: --data is missing" -n 2 "$X" train --out "$W/x"
check "local with two hidden layers" refused_ranks "one hidden layer" -n 2 "$X" train $L --hidden 70,24 --out "$W/x"
check "nothing was written" [ ! -e "$W/x" ]
check "mpirun without the module" sh -c "cp '$X' '$W/alone' && timeout 60 env OMPI_COMM_WORLD_SIZE=2 '$W/alone' train --data '$W/data' --out '$W/x' 2>'$W/err'; [ \$? = 2 ] && grep -q 'there is no ranks.mpi.so' '$W/err'"

# ---- several hosts: network namespaces with a cable between them, and a shell in place of ssh ----
if [ "$(id -u)" = 0 ] && command -v ip >/dev/null && ip netns add sr-a-$$ 2>/dev/null; then
    trap 'ip netns del sr-a-$$; ip netns del sr-b-$$; rm -rf "$W"' EXIT
    cat >"$W/agent" <<'END'
#!/bin/sh
# HOST COMMAND... in the namespace of the host, with a name of its own
while case $1 in -*) true ;; *) false ;; esac; do shift; done
case $1 in 10.77.0.1) host=$A ;; 10.77.0.2) host=$B ;; *) exit 1 ;; esac
shift
exec ip netns exec "$host" unshare --uts sh -c "hostname $host; $*"
END
    chmod +x "$W/agent"
    export A=sr-a-$$ B=sr-b-$$
    check "two hosts" sh -c "ip netns add $B && ip link add va netns $A type veth peer name vb netns $B &&
        ip -n $A addr add 10.77.0.1/24 dev va && ip -n $B addr add 10.77.0.2/24 dev vb &&
        for n in '$A va' '$B vb'; do set -- \$n; ip -n \$1 link set lo up && ip -n \$1 link set \$2 up || exit 1; done"
    here=$(pwd)
    case $X in /*) there=$X ;; *) there=$here/$X ;; esac
    hosts() { # options...: rank 0 on the first host, two more on the second
        timeout 300 "$W/agent" 10.77.0.1 "cd '$here' && mpirun -n 3 --host 10.77.0.1:1,10.77.0.2:2 --mca plm_rsh_agent '$W/agent' --mca btl tcp,self \
            --mca oob_tcp_if_include 10.77.0.0/24 --mca btl_tcp_if_include 10.77.0.0/24 --display-map '$there' train $*" >"$W/map" 2>&1 || { cat "$W/map"; return 1; }
    }
    check "lowrank over two hosts" hosts $R --generations 20 --out "$W/hr"
    check "which are two" grep -q 'Data for node: 10.77.0.2.*Num procs: 2' "$W/map"
    check "identical" "$X" diff "$W/r" "$W/hr"
    check "local over two hosts" hosts $L --generations 20 --out "$W/hl"
    check "identical" "$X" diff "$W/l" "$W/hl"
else
    skip "two hosts" "network namespaces are for root, by ip netns"
fi

# ---- engines side by side ----
if "$X" info --engine sim --build icebreaker --json >"$W/j" 2>/dev/null; then
    bits=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["device"]["frac_w"])' "$W/j")
    E="--data $W/data --hidden 24 --batch 8 --population 8 --generations 3 --limit-train 60 --limit-test 10 --no-test --frac-bits $bits"
    check "ref alone" "$X" train $E --out "$W/e"
    check "ref and a simulation as ranks" run -n 1 "$X" train $E --out "$W/e2" : -n 1 "$X" train $E --engine sim --build icebreaker --out "$W/e2"
    check "identical" "$X" diff "$W/e" "$W/e2"
    check "local with a rank that has it not" refused_ranks "does not have it" \
        -n 1 "$X" train $E --mode local --out "$W/x" : -n 1 "$X" train $E --mode local --engine sim --build icebreaker --out "$W/x"
else
    skip "ref and a simulation as ranks" "there is no simulation build icebreaker"
fi
exit $failed
