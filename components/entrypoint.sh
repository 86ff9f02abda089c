#!/bin/sh
# Builds the environment from a file and from secret files, then becomes the real command.
#
#   /bin/sh entrypoint.sh COMMAND [ARG...]
#
# Lines of /etc/llmproxy/env:
#   NAME=value                          taken literally to the end of the line
#   @file NAME=/run/secrets/x           the content of the file
#   @url NAME=/run/secrets/x HEAD TAIL  HEAD, the percent-escaped content of the file, TAIL
#   @drain SECONDS                      serve on for so long after TERM
#   @kill SECONDS                       KILL what has not ended so long after it got TERM
#
# With @drain or @kill the shell stays as process 1, and the command is its child. @drain: a reverse proxy that polls for
# tasks learns only seconds after TERM that this one ends, and until then the command must answer. @kill: a command that
# hangs until Swarm kills it makes the docker provider's removal fail, which waits no longer than Swarm does.
#
# POSIX sh and od only, so that it runs in Debian, Alpine and Wolfi images. No secret is ever an argument of a
# process: printf is a builtin. Ends with 78 (EX_CONFIG) when something is missing.
set -eu
trap 'exit 143' TERM # the kernel drops what process 1 does not catch

fail() {
  printf 'llmproxy entrypoint: %s\n' "$1" >&2
  exit 78
}

# Puts the content of file $2, without its last line break, into `lp_content`; $1 is the variable it is for.
read_secret() {
  [ -r "$2" ] || fail "$1: secret file $2 is missing or not readable; it must be mounted as a Swarm secret"
  lp_content='' lp_separator=''
  while IFS= read -r lp_row || [ -n "$lp_row" ]; do
    lp_content=$lp_content$lp_separator$lp_row
    lp_separator='
'
  done <"$2"
  [ -n "$lp_content" ] || fail "$1: secret file $2 is empty"
}

# Puts `lp_content` with every byte percent-escaped into `lp_escaped`: valid in a URL whatever the bytes are.
escape_content() {
  command -v od >/dev/null || fail "$1: the image has no od command, which escapes the password"
  lp_escaped=''
  for lp_byte in $(printf '%s' "$lp_content" | od -An -v -tx1); do
    lp_escaped=$lp_escaped%$lp_byte
  done
}

# Exports $1=$2 after checking that $1 is a variable name.
put() {
  case $1 in
  '' | [!A-Za-z_]* | *[!A-Za-z0-9_]*) fail "'$1' in $lp_env_file is no variable name" ;;
  esac
  export "$1=$2"
}

# Puts the command's process into `lp_child`; before there is one, a signal ends the wrapper.
find_child() {
  lp_signalled=yes
  [ -n "${lp_child:=$!}" ] || exit 143
}

pass_on() {
  find_child
  kill -s "$1" "$lp_child" 2>/dev/null || :
}

# Puts a number of seconds into `lp_seconds`; $1 is the line's first word.
read_seconds() {
  case $2 in
  '' | *[!0-9]*) fail "'$2' after $1 in $lp_env_file is no number of seconds" ;;
  esac
  lp_seconds=$2
}

# Waits $1 seconds, or until the command has ended: in short sleeps, as it must not be outlived for long.
await_child() {
  lp_left=$1
  while [ "$lp_left" -gt 0 ] && kill -0 "$lp_child" 2>/dev/null; do
    sleep 1
    lp_left=$((lp_left - 1))
  done
}

# Passes TERM on after `lp_drain` seconds, and KILL `lp_kill` seconds later, from a process of its own, so that other
# signals go on being passed on. A second TERM changes nothing.
end_child() {
  find_child
  trap 'lp_signalled=yes' TERM
  (
    await_child "$lp_drain"
    kill -s TERM "$lp_child" 2>/dev/null
    [ "$lp_kill" -gt 0 ] || exit 0
    await_child "$lp_kill"
    kill -s KILL "$lp_child" 2>/dev/null
  ) &
}

# Runs the command as a child and ends with its exit code. The traps come before the child, so that no signal is lost.
# `wait` reaps whatever orphan process 1 inherits. POSIX starts a command in the background with INT and QUIT ignored:
# they reach only a command that asks for them, as servers do.
run_and_end() {
  set +eu # `wait` tells the command's exit code, and $! is unset before there is a child
  lp_child='' lp_status=''
  trap end_child TERM
  for lp_signal in HUP INT QUIT USR1 USR2; do
    trap "pass_on $lp_signal" "$lp_signal"
  done
  "$@" &
  : "${lp_child:=$!}"
  lp_signalled=yes
  while [ -n "$lp_signalled" ]; do
    lp_signalled=''
    wait "$lp_child"
    lp_waited=$?
    # 127: the wait before was not cut short by a signal but told the exit code, and the shell has forgotten it.
    [ "$lp_waited" -eq 127 ] && [ -n "$lp_status" ] || lp_status=$lp_waited
  done
  exit "$lp_status"
}

lp_env_file=${LLMPROXY_ENV_FILE:-/etc/llmproxy/env}
[ -r "$lp_env_file" ] || fail "environment file $lp_env_file is missing or not readable; it must be a Swarm config"
[ $# -gt 0 ] || fail 'no command is given'
lp_drain=0 lp_kill=0

while IFS= read -r lp_line || [ -n "$lp_line" ]; do
  case $lp_line in
  '@file '*=*)
    lp_line=${lp_line#@file }
    read_secret "${lp_line%%=*}" "${lp_line#*=}"
    put "${lp_line%%=*}" "$lp_content"
    ;;
  '@url '*=*' '*' '*)
    lp_line=${lp_line#@url } lp_name=${lp_line%%=*} lp_rest=${lp_line#*=}
    read_secret "$lp_name" "${lp_rest%% *}"
    escape_content "$lp_name"
    lp_rest=${lp_rest#* }
    put "$lp_name" "${lp_rest%% *}$lp_escaped${lp_rest#* }"
    ;;
  '@drain '*)
    read_seconds @drain "${lp_line#@drain }"
    lp_drain=$lp_seconds
    ;;
  '@kill '*)
    read_seconds @kill "${lp_line#@kill }"
    lp_kill=$lp_seconds
    ;;
  '' | '#'*) ;;
  *=*) put "${lp_line%%=*}" "${lp_line#*=}" ;;
  *) fail "a line of $lp_env_file is neither NAME=value, @file, @url, @drain nor @kill" ;;
  esac
done <"$lp_env_file"

unset lp_content lp_escaped lp_row lp_line lp_name lp_rest lp_separator lp_byte lp_env_file
if [ "$lp_drain" -gt 0 ] || [ "$lp_kill" -gt 0 ]; then
  run_and_end "$@"
fi
exec "$@"
