# Sourced by the scripts that record a result, in the root of the repository: $host says what it was made on, $directory is where it goes.
model=$(sed -n '0,/^model name/s/^model name[^:]*: //p' /proc/cpuinfo)
virtual=$(grep -m 1 -c '^flags.*\bhypervisor\b' /proc/cpuinfo || true)
architecture=$(uname -m | sed 's/x86_64/amd64/')
host="$(nproc) CPU $architecture$([ "$virtual" = 0 ] || echo ' VM'), $model, Linux $(uname -r)"
directory=benchmarks/results/$(date -u +%F)-$(nproc)cpu-$architecture$([ "$virtual" = 0 ] || echo -vm)
mkdir -p "$directory"
