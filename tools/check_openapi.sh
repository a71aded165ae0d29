#!/bin/sh
# check_openapi.sh -- docs/openapi.json is what the binary writes for the plan that comes with it, and Redocly's linter
# finds no fault in it. Where there is no Node.js it is not linted.
cd "$(dirname "$0")/.." || exit 2
[ -x build/holdfast ] || { echo "build/holdfast: not there; run make first"; exit 1; }
mkdir -p build/openapi
env -u HOLDFAST_HOME build/holdfast openapi >build/openapi/now.json || exit 1
cmp -s build/openapi/now.json docs/openapi.json ||
	{ echo "docs/openapi.json:1: not what the binary writes; run make openapi"; exit 1; }
tools/openapi/node.sh || { echo "no Node.js that can run the linter: not linted"; exit 0; }
cmp -s tools/openapi/package-lock.json build/openapi/package-lock.json ||
	{ echo "build/openapi: the linter is not there; tools/setup.sh check installs it"; exit 1; }
REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true exec node build/openapi/node_modules/@redocly/cli/bin/cli.js \
	lint docs/openapi.json --config tools/openapi/redocly.yaml
