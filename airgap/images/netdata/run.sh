#!/bin/bash
# Starts Netdata as the entry point of the official image does: stock files into an empty configuration volume,
# DO_NOT_TRACK honoured, the host under /host.
set -euo pipefail

if [[ -n ${DISABLE_TELEMETRY-} || -n ${DO_NOT_TRACK-} ]]; then
  touch /etc/netdata/.opt-out-from-anonymous-statistics
fi
if mountpoint --quiet /etc/netdata && [[ -z $(ls -A /etc/netdata) ]]; then
  cp -a /etc/netdata.stock/. /etc/netdata
fi
chown netdata:netdata /var/lib/netdata /var/cache/netdata
# On newer kernels 1.37 takes /host/proc for no virtual file system and passes over the whole of /host: the cgroups of the
# other containers are only there.
paths=()
for controller in cpuacct cpuset blkio memory devices; do
  if [[ -d /host/sys/fs/cgroup/$controller ]]; then
    paths+=(-W set plugin:cgroups "path to /sys/fs/cgroup/$controller" "/host/sys/fs/cgroup/$controller")
  fi
done
if [[ -f /host/sys/fs/cgroup/cgroup.controllers ]]; then
  paths+=(-W set plugin:cgroups 'path to unified cgroups' /host/sys/fs/cgroup)
fi
exec /usr/sbin/netdata -u "$DOCKER_USR" -D -s /host -p "$NETDATA_LISTENER_PORT" "${paths[@]}" "$@"
