. ./lib.sh
mkdir bin
for tool in sh cat cut tr sed id mktemp tail rm dirname env dpkg-query gcc make sqlite3 curl oathtool python3 setarch; do
	ln -s "$(command -v $tool)" bin/$tool
done
printf '#!/bin/sh\necho "$*" >>calls\nexit "${APT_STATUS:-0}"\n' >bin/apt-get
printf '#!/bin/sh\nexit "${NODE_STATUS:-0}"\n' >bin/node
printf '#!/bin/sh\necho "npm $*" >>"$CALLS"\nexit "${NPM_STATUS:-0}"\n' >bin/npm
chmod +x bin/apt-get bin/node bin/npm
# A Node.js that is too old for the linter.
NODE_STATUS=1
export NODE_STATUS

# Nothing missing: nothing said, nothing called.
accepts env PATH="$project/bin" tools/setup.sh
[ ! -s log ] && [ ! -e calls ]

rm bin/sqlite3
accepts env PATH="$project/bin" tools/setup.sh
grep -qx '  sqlite3 (looks into a store by hand)' log
grep -qx 'install -q -y --no-install-recommends sqlite3 ' calls || grep -qx 'install -q -y --no-install-recommends sqlite3' calls
refuses 'apt-get failed' env APT_STATUS=100 PATH="$project/bin" tools/setup.sh
accepts env PATH="$project/bin" tools/setup.sh check
grep -q '^  cppcheck ' log

# A provider of sign-ins is unpacked and not installed; one that cannot be had stops nothing here.
grep -qx 'It could not be had; its test in tests/cli fails.' log
ln -s "$(command -v mkdir)" bin/mkdir
accepts env PATH="$project/bin" tools/setup.sh check
grep -qx 'download -q glewlwyd' build/glewlwyd/calls

# With a newer Node.js also the linter, once; one that cannot be had stops nothing here.
for tool in cmp cp; do
	ln -s "$(command -v $tool)" bin/$tool
done
CALLS=$project/calls
export CALLS
accepts env PATH="$project/bin" tools/setup.sh check
NODE_STATUS=0
accepts env PATH="$project/bin" tools/setup.sh
[ "$(grep -c '^npm' calls)" = 0 ]
accepts env NPM_STATUS=1 PATH="$project/bin" tools/setup.sh check
grep -qx 'npm failed, as shown above.' log
accepts env PATH="$project/bin" tools/setup.sh check
accepts env PATH="$project/bin" tools/setup.sh check
[ "$(grep -c '^npm ci --ignore-scripts' calls)" = 2 ]

printf '#!/bin/sh\necho 1000\n' >bin/user
chmod +x bin/user
rm bin/id
mv bin/user bin/id
refuses 'Neither root nor sudo here' env PATH="$project/bin" tools/setup.sh
printf '#!/bin/sh\necho through sudo >>calls\nexec "$@"\n' >bin/sudo
chmod +x bin/sudo
accepts env PATH="$project/bin" tools/setup.sh
grep -qx 'through sudo' calls
rm bin/apt-get
refuses "Only Debian's apt-get" env PATH="$project/bin" tools/setup.sh
