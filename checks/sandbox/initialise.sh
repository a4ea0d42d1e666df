# Runs inside the sandbox: make a new cluster. DATA and ARCHIVE (always "") as in supervise.sh, then:
#
#   INITDB [ARGUMENT...]
#
# The superuser's password comes in, and the finished data directory goes out as a tar stream.
set -u
data=$1
shift 2
umask 077
read -r password
mkdir -p "$data" || exit 3
printf '%s\n' "$password" >"$data.password"
initialise() {
    "$@" -D "$data" --pwfile="$data.password" --auth=scram-sha-256 >&2
}
# C.UTF-8 knows letters beyond ASCII, as production does; not every system has it.
initialise "$@" --locale=C.UTF-8 || initialise "$@" --locale=C || exit
rm -f "$data.password"
printf '%s\n' 'local all app trust' 'local all all scram-sha-256' >"$data/pg_hba.conf"
exec tar -cf - -C "$data" .
