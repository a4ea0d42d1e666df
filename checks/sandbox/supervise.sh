# Runs inside the sandbox: unpack a cluster, run PostgreSQL, and end it as standard input says.
#
#   sh supervise.sh DATA ARCHIVE KIB POSTGRES [ARGUMENT...]
#
# DATA     the data directory (made here)
# ARCHIVE  tar file to fill it with, or "" when it is filled already
# KIB      address space of each server process, in KiB (RLIMIT_AS), or "" for no limit
#
# "save" on standard input: stop, write the data directory to standard output as a tar stream, exit.
# End of file there: the one who started us is gone, so stop at once and exit.
set -u
data=$1 archive=$2 memory=$3
shift 3
umask 077
mkdir -p "$data" && chmod 700 "$data" || exit 3
if [ -n "$archive" ]; then
    tar -xf "$archive" -C "$data" || exit 3
fi
ulimit -c 0
exec 3<&0 4>&1 1>&2

(
    exec 3<&- 4>&-
    [ -z "$memory" ] || ulimit -v "$memory" || exit 3
    exec "$@" </dev/null
) &
server=$!
(
    exec 4>&-
    read -r order <&3 || order=end
    if [ "$order" = save ]; then
        : >"$data.save"
        kill -INT "$server"
    else
        kill -QUIT "$server"
    fi
) &
reader=$!
wait "$server"
status=$?
kill "$reader" 2>/dev/null
[ -e "$data.save" ] || exit "$status"
rm -f "$data.save"
[ "$status" -eq 0 ] || exit "$status"
exec tar -cf - -C "$data" . >&4
