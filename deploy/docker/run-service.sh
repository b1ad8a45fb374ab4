#!/bin/sh
# `services/gateway` runs that service as its `npm start` does; anything else is run as it is.
set -e
cd "$1" 2>/dev/null || exec "$@"
exec node --disable-warning=ExperimentalWarning --import @slipstream/telemetry/start src/main.ts
