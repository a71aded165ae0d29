. ./lib.sh
mkdir -p build docs bin
# Without Node.js, so that the description alone is judged.
for tool in sh env dirname mkdir cmp cat cp tail rm; do
	ln -s "$(command -v $tool)" bin/$tool
done
printf '#!/bin/sh\n[ "$1" = openapi ] && cat now\n' >build/holdfast
chmod +x build/holdfast
echo '{"openapi": "3.1.1"}' | tee now >docs/openapi.json
accepts env PATH="$project/bin" tools/check_openapi.sh
grep -q 'not linted' log
echo '{"openapi": "3.1.2"}' >now
refuses 'docs/openapi.json:1: not what the binary writes' env PATH="$project/bin" tools/check_openapi.sh
rm now
refuses 'cat: now: No such file' env PATH="$project/bin" tools/check_openapi.sh

# With one, the linter must be there, and finds nothing.
printf '#!/bin/sh\n[ "$1" != -e ] || exit 0\necho linted "$2"\nexit "${LINT_STATUS:-0}"\n' >bin/node
cp bin/node bin/npm
chmod +x bin/node bin/npm
cp docs/openapi.json now
refuses 'build/openapi: the linter is not there' env PATH="$project/bin" tools/check_openapi.sh
cp tools/openapi/package-lock.json build/openapi
accepts env PATH="$project/bin" tools/check_openapi.sh
grep -qx 'linted lint' log
refuses 'linted lint' env LINT_STATUS=1 PATH="$project/bin" tools/check_openapi.sh
rm build/holdfast
refuses 'build/holdfast: not there' env PATH="$project/bin" tools/check_openapi.sh
