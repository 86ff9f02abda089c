#!/usr/bin/env bash
# Entry point of the PostgreSQL image: first start makes the cluster, every start hands over to the server.
#
# It takes the environment variables of the official image's entry point (POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB,
# POSTGRES_INITDB_ARGS, each also as …_FILE; POSTGRES_INITDB_WALDIR, POSTGRES_HOST_AUTH_METHOD, PGDATA) and runs what lies
# in /docker-entrypoint-initdb.d. Secrets pass through files and standard input, never through a command line.
set -Eeuo pipefail

readonly init_directory=${INIT_DIRECTORY:-/docker-entrypoint-initdb.d}

note() { printf '%s\n' "docker-entrypoint: $*" >&2; }
fail() { note "error: $*"; exit 1; }

# read_setting NAME [DEFAULT]: exports NAME from itself, from the file that NAME_FILE names, or from DEFAULT.
read_setting() {
  local name=$1 default=${2-} file_name=${1}_FILE
  if [[ -n ${!name-} && -n ${!file_name-} ]]; then
    fail "$name and $file_name are both set; allowed is one of them. Remove one."
  fi
  if [[ -n ${!file_name-} ]]; then
    [[ -r ${!file_name} ]] || fail "$file_name: cannot read ${!file_name}. Give a file that user $(id -un) can read."
    export "$name=$(<"${!file_name}")"
  elif [[ -z ${!name-} ]]; then
    export "$name=$default"
  fi
  unset "$file_name"
}

read_settings() {
  read_setting POSTGRES_PASSWORD
  read_setting POSTGRES_USER postgres
  read_setting POSTGRES_DB "$POSTGRES_USER"
  read_setting POSTGRES_INITDB_ARGS
  : "${POSTGRES_HOST_AUTH_METHOD:=}"
}

# wants_server ARGUMENT…: the command starts a server, and does not only print help or a version.
wants_server() {
  [[ ${1-} == postgres ]] || return 1
  local argument
  for argument in "${@:2}"; do
    case $argument in
      -'?' | --help | --describe-config | -V | --version | -C) return 1 ;;
    esac
  done
}

make_directories() {
  mkdir -p "$PGDATA"
  chmod 0700 "$PGDATA" || fail "PGDATA: cannot change the mode of $PGDATA. Give it to user $(id -un)."
  if [[ -n ${POSTGRES_INITDB_WALDIR-} ]]; then
    mkdir -p "$POSTGRES_INITDB_WALDIR"
    chmod 0700 "$POSTGRES_INITDB_WALDIR"
  fi
  if [[ $(id -u) == 0 ]]; then
    find "$PGDATA" ${POSTGRES_INITDB_WALDIR:+"$POSTGRES_INITDB_WALDIR"} \! -user postgres -exec chown postgres '{}' +
    find /var/run/postgresql \! -user postgres -exec chown postgres '{}' +
  fi
}

refuse_old_layout() {
  local old=/var/lib/postgresql/data
  if [[ $PGDATA != "$old" && -s $old/PG_VERSION ]]; then
    fail "$old holds a cluster of PostgreSQL $(<"$old/PG_VERSION"), this image keeps its own in $PGDATA." \
      "Mount the volume at /var/lib/postgresql and move or upgrade the old cluster first."
  fi
}

check_password() {
  if [[ -z $POSTGRES_PASSWORD && $POSTGRES_HOST_AUTH_METHOD != trust ]]; then
    fail "POSTGRES_PASSWORD is empty and there is no cluster yet in $PGDATA." \
      "Set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE (or POSTGRES_HOST_AUTH_METHOD=trust to accept everybody)."
  fi
}

make_cluster() {
  # The official image's addresses; /tmp besides, because that is where this build's own clients look.
  local -a arguments=(--username="$POSTGRES_USER" --set="listen_addresses=*"
    --set="unix_socket_directories=/var/run/postgresql, /tmp")
  [[ -z ${POSTGRES_INITDB_WALDIR-} ]] || arguments+=(--waldir="$POSTGRES_INITDB_WALDIR")
  [[ -z $POSTGRES_PASSWORD ]] || arguments+=(--pwfile=/dev/stdin)
  # POSTGRES_INITDB_ARGS is a shell-quoted list by contract, so that an argument may hold spaces.
  eval 'initdb "${arguments[@]}" '"$POSTGRES_INITDB_ARGS" <<<"$POSTGRES_PASSWORD"
}

allow_remote_logins() {
  local method=$POSTGRES_HOST_AUTH_METHOD
  [[ -n $method ]] || method=$(postgres -C password_encryption "${@:2}")
  printf '\nhost all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"
}

# The server of the first start listens on its Unix socket only: nobody gets in before everything is there.
start_private_server() {
  NOTIFY_SOCKET='' PGUSER=$POSTGRES_USER pg_ctl --pgdata="$PGDATA" --wait start \
    --options="$(printf '%q ' "${@:2}" -c listen_addresses='' -p "${PGPORT:-5432}")"
}

stop_private_server() {
  PGUSER=$POSTGRES_USER pg_ctl --pgdata="$PGDATA" --mode=fast --wait stop
}

# run_sql [psql ARGUMENT…]: psql on the private server, in POSTGRES_DB unless an argument says otherwise.
run_sql() {
  PGHOST='' PGHOSTADDR='' PGPASSWORD=$POSTGRES_PASSWORD psql -v ON_ERROR_STOP=1 --no-psqlrc \
    --username="$POSTGRES_USER" --no-password --dbname="$POSTGRES_DB" "$@"
}

make_database() {
  local found
  found=$(run_sql --dbname=postgres --set=name="$POSTGRES_DB" --tuples-only --no-align \
    <<<"SELECT 1 FROM pg_database WHERE datname = :'name'")
  [[ -n $found ]] || run_sql --dbname=postgres --set=name="$POSTGRES_DB" <<<'CREATE DATABASE :"name"'
}

run_init_files() {
  local file
  for file in "$init_directory"/*; do
    case $file in
      *.sh)
        note "running $file"
        if [[ -x $file ]]; then
          "$file"
        else
          # shellcheck disable=SC1090 # the file comes with the container
          . "$file"
        fi
        ;;
      *.sql) note "running $file"; run_sql --file="$file" ;;
      *.sql.gz) note "running $file"; gunzip --stdout "$file" | run_sql ;;
      *.sql.xz) note "running $file"; xz --decompress --stdout "$file" | run_sql ;;
      *.sql.zst) note "running $file"; zstd --decompress --stdout "$file" | run_sql ;;
      "$init_directory/*") ;;
      *) note "ignoring $file: allowed are .sh, .sql, .sql.gz, .sql.xz and .sql.zst" ;;
    esac
  done
}

first_start() {
  check_password
  make_cluster
  allow_remote_logins "$@"
  start_private_server "$@"
  make_database
  run_init_files
  stop_private_server
  unset POSTGRES_PASSWORD
  note "the cluster is ready; starting the server"
}

main() {
  [[ ${1-} != -* ]] || set -- postgres "$@"
  if wants_server "$@"; then
    read_settings
    make_directories
    if [[ $(id -u) == 0 ]]; then
      exec setpriv --reuid=postgres --regid=postgres --init-groups -- "${BASH_SOURCE[0]}" "$@"
    fi
    if [[ -s $PGDATA/PG_VERSION ]]; then
      note "$PGDATA holds a cluster; first-start settings are not applied"
    else
      refuse_old_layout
      first_start "$@"
    fi
  fi
  exec "$@"
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  main "$@"
fi
