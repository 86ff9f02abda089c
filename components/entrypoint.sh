#!/bin/sh
# Builds the environment from a file and from secret files, then becomes the real command.
#
#   /bin/sh entrypoint.sh COMMAND [ARG...]
#
# Lines of /etc/llmproxy/env:
#   NAME=value                          taken literally to the end of the line
#   @file NAME=/run/secrets/x           the content of the file
#   @url NAME=/run/secrets/x HEAD TAIL  HEAD, the percent-escaped content of the file, TAIL
#
# POSIX sh and od only, so that it runs in Debian, Alpine and Wolfi images. No secret is ever an argument of a
# process: printf is a builtin. Ends with 78 (EX_CONFIG) when something is missing.
set -eu

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

lp_env_file=${LLMPROXY_ENV_FILE:-/etc/llmproxy/env}
[ -r "$lp_env_file" ] || fail "environment file $lp_env_file is missing or not readable; it must be a Swarm config"
[ $# -gt 0 ] || fail 'no command is given'

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
  '' | '#'*) ;;
  *=*) put "${lp_line%%=*}" "${lp_line#*=}" ;;
  *) fail "a line of $lp_env_file is neither NAME=value, @file nor @url" ;;
  esac
done <"$lp_env_file"

unset lp_content lp_escaped lp_row lp_line lp_name lp_rest lp_separator lp_byte lp_env_file
exec "$@"
