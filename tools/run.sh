#!/bin/sh
# run.sh -- makes a demo workspace in build/demo, unless there, and shows it.
set -eu
cd "$(dirname "$0")/.."
if [ -e build/demo ]; then
	echo "The demo workspace build/demo is there already; remove it to make it again."
	exec build/holdfast show --home build/demo
fi
# Half a workspace must not be taken for a whole one by the next run.
trap 'rm -rf build/demo' EXIT
trap 'exit 1' HUP INT TERM
build/holdfast demo --home build/demo
trap - EXIT
