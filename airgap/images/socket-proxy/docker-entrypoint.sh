#!/bin/sh
# Writes HAProxy's configuration, then runs it in the foreground; options of HAProxy need no `haproxy` before them.
set -eu
case $(printf '%s' "$DISABLE_IPV6" | tr '[:upper:]' '[:lower:]') in
  1 | true | yes) bind=':2375' ;;
  *) bind='[::]:2375 v4v6' ;;
esac
sed "s/@BIND@/$bind/" /usr/local/etc/haproxy/haproxy.cfg.template >/tmp/haproxy.cfg
case ${1:-} in
  -*) set -- haproxy "$@" ;;
esac
if [ "${1:-}" = haproxy ]; then
  shift
  set -- haproxy -W -db "$@"
fi
exec "$@"
