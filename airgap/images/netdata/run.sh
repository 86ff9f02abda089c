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
# Debian's package names the file where the official image keeps the id of the machine; neither is claimed.
exec /usr/sbin/netdata -u "$DOCKER_USR" -D -s /host -p "$NETDATA_LISTENER_PORT" "$@"
