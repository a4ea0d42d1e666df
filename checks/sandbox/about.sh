# Runs inside a container of an image: say which PostgreSQL is in it and where it keeps its share directory,
# then write the extensions of it to standard output as a tar stream.
set -u
read -r _
version=$(postgres --version) || exit 1
share=$(pg_config --sharedir 2>/dev/null) || share=
for place in "$share" /usr/share/postgresql/* /usr/local/share/postgresql /usr/share/postgresql; do
    if [ -f "$place/extension/plpgsql.control" ]; then
        cd "$place" || exit 1
        printf '%s\n%s\n' "$version" "$place"
        exec tar -chf - extension
    fi
done
exit 1
