#!/bin/sh
# Starts Redis with its password in the configuration that it reads from standard input: no command line, no variable
# and no file on disk ever holds it.
#
#   /bin/sh redis.sh PASSWORD_FILE LINE…        each LINE is one of redis.conf
#
# POSIX sh and od only, so that it runs in Debian and Alpine images. Ends with 78 (EX_CONFIG) without a password.
set -eu

file=$1
shift
[ -r "$file" ] || { echo "redis: secret file $file is missing or not readable; it must be a Swarm secret" >&2; exit 78; }
# Every byte as \xHH inside quotes: no sign of a password means anything to redis.conf then.
password=''
for byte in $(od -An -v -tx1 <"$file"); do
  password="$password\\x$byte"
done
[ -n "$password" ] || { echo "redis: secret file $file is empty" >&2; exit 78; }
lines=''
for line in "$@"; do
  lines="$lines$line
"
done
exec docker-entrypoint.sh redis-server - <<CONFIGURATION
${lines}requirepass "$password"
CONFIGURATION
