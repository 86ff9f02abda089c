#!/bin/sh
# Names a cgroup for Netdata: a task of the Swarm by the discovery's list, everything else as Netdata itself does.
#
#   cgroup-name.sh PATH NAME
#
# The list holds lines `<container id> <name>`. Ends with 0 and the name, or with 2: ask again later.
names=/etc/netdata/container-names
id=$(printf '%s' "${1-}" | sed -n 's/.*\([0-9a-f]\{64\}\).*/\1/p')
if [ -z "$id" ]; then
  exec /usr/libexec/netdata/plugins.d/cgroup-name.sh "$@"
fi
name=$(sed -n "s/^$id //p" "$names" 2>/dev/null)
if [ -n "$name" ]; then
  printf '%s\n' "$name"
  exit 0
fi
# A container that is no task keeps the beginning of its id, as Docker shows it.
printf 'docker_%.12s\n' "$id"
exit 2
