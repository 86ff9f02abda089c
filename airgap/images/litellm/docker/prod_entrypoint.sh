#!/bin/sh
# Entry point of the LiteLLM image: the gateway, in place of this shell, so that signals arrive.
set -eu
if [ "${SEPARATE_HEALTH_APP:-0}" = 1 ]; then
  echo "prod_entrypoint.sh: SEPARATE_HEALTH_APP=1 is not implemented in this image; allowed is 0." \
    "Probe /health/liveliness on the gateway's own port." >&2
  exit 64
fi
exec litellm "$@"
