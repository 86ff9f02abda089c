#!/bin/sh
# As in the official image: options and subcommands of Traefik need no `traefik` before them, anything else is run.
set -e
case $1 in
  -*) set -- traefik "$@" ;;
  *) if traefik "$1" --help >/dev/null 2>&1; then set -- traefik "$@"; fi ;;
esac
exec "$@"
