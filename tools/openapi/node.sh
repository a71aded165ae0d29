#!/bin/sh
# node.sh -- exits with 0 where there are npm and a Node.js that the linter runs on.
command -v npm >/dev/null && command -v node >/dev/null && exec node -e '
	const [major, minor] = process.versions.node.split(".").map(Number);
	process.exit(major >= 23 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1);'
