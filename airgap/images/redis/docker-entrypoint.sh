#!/bin/sh
# Entry point of the Redis image: a server that is started as root gives its folder to the user redis and becomes it.
# Options alone stand for `redis-server` with these options, as in the official image.
set -eu

case ${1-} in
-* | *.conf) set -- redis-server "$@" ;;
esac
if [ "${1-}" = redis-server ] && [ "$(id -u)" = 0 ]; then
  find . ! -user redis -exec chown redis:redis {} +
  exec setpriv --reuid=redis --regid=redis --clear-groups "$0" "$@"
fi
[ "$(umask)" != 0022 ] || umask 0077
exec "$@"
