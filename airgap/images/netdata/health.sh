#!/bin/sh
# Healthy is a Netdata that answers; as in the official image, without its NETDATA_HEALTHCHECK_TARGET.
exec curl -sSLf -o /dev/null "127.0.0.1:${NETDATA_LISTENER_PORT:-19999}/api/v1/info"
