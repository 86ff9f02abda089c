#!/bin/sh
# Brings CLIProxyAPI's config file in its volume up to what is declared, then becomes the service.
#
#   sh cli-proxy-file.sh REVISION KEY_REVISION COMMAND [ARG...]
#
# REVISION changes with the declared text or a secret, KEY_REVISION with the management key. What was taken over last
# is noted beside the file, without a secret; when it is REVISION, nothing is written: what the service or its
# management API put into the file stays. Otherwise, top-level key by top-level key: what is declared wins, what was
# declared last time and no longer is goes, everything else stays. A management key that is the same as last time stays
# as the hash that the service made of it. The file is put in place whole: killed here, the old or the new one is there.
#
# POSIX sh, sed, awk and mv, as in Alpine. No secret is an argument or a variable of a process: awk reads the files.
set -eu
umask 077

declared=${LLMPROXY_CLI_PROXY_DECLARED:-/etc/llmproxy/cli-proxy-api.yaml}
config=${LLMPROXY_CLI_PROXY_CONFIG:-/CLIProxyAPI/config/config.yaml}
secrets=${LLMPROXY_SECRETS:-/run/secrets}
noted=$config.declared
revision=$1 key_revision=$2
shift 2

fail() {
  printf 'cli-proxy-api config: %s\n' "$1" >&2
  exit 78
}

# shellcheck disable=SC2016  # awk's own variables
merge='
function fail(text) {
  printf "cli-proxy-api config: %s\n", text >"/dev/stderr"
  exit 78
}
function quoted(text) {
  gsub(/\047/, "\047\047", text)
  return "\047" text "\047"
}
function secret(name,  text) {
  if ((getline text <(secrets "/" name)) <= 0 || text == "") fail("secret file " secrets "/" name " is missing or empty")
  close(secrets "/" name)
  return quoted(text)
}
function key(line) {
  sub(/:.*/, "", line)
  gsub(/["\047]/, "", line)
  return line
}
BEGIN { top = "^[\"\047]?[A-Za-z0-9_.-]+[\"\047]?[ ]*:([ \t]|$)" }
part == "noted" {
  if ($1 == "declared") earlier[$2] = 1
  if ($1 == "key" && $2 == key_revision) same_key = 1
  next
}
part == "found" {
  if ($0 ~ top) section = key($0)
  if (section == "remote-management" && $1 == "secret-key:") {
    gsub(/["\047]/, "", $2)
    if ($2 ~ /^\$2[aby]\$/) hash = $2
  }
  next
}
part == "declared" {
  if ($0 ~ top) now[key($0)] = 1
  if ($0 == "- LLMPROXY_API_KEY") $0 = "- " secret("api-key")
  if ($0 == "  secret-key: LLMPROXY_MANAGEMENT_KEY")
    $0 = "  secret-key: " (same_key && hash != "" ? quoted(hash) : secret("management-key"))
  print
  next
}
/^(---|\.\.\.)/ { next }
$0 ~ top { name = key($0); stays = !(name in now) && !(name in earlier); begun = 1 }
/^[^]} \t#-]/ && $0 !~ top { fail(found ": line " FNR " is no top-level key; mend the file, or remove it") }
begun && stays { print }
'

# A service that was killed while it wrote may have left an empty file.
if [ -s "$config" ] && [ -r "$noted" ] && [ "$(sed -n 1p "$noted")" = "revision $revision" ]; then
  exec "$@"
fi

found=/dev/null before=/dev/null
[ ! -s "$config" ] || found=$config
[ ! -r "$noted" ] || before=$noted
awk -v secrets="$secrets" -v key_revision="$key_revision" -v found="$found" "$merge" \
  part=noted "$before" part=found "$found" part=declared "$declared" part=kept "$found" >"$config.new" ||
  { rm -f "$config.new" && fail "$config was left as it is"; }
mv "$config.new" "$config"

{
  printf 'revision %s\nkey %s\n' "$revision" "$key_revision"
  sed -n 's/^\([A-Za-z0-9_.-]*\):.*/declared \1/p' "$declared"
} >"$noted.new"
mv "$noted.new" "$noted"
exec "$@"
