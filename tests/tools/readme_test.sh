. ./lib.sh
mkdir build docs
printf '#!/bin/sh\nexit "${1:-0}"\n' >build/holdfast
chmod +x build/holdfast

file README.md <<'END'
<!-- tested -->
```sh
touch made
cd src
```

Text.

```sh
false
```

<!-- tested: exit 4 -->

```sh
test -e ../made
holdfast 4
```
END
printf '<!-- tested -->\n```sh\ntest ! -e made\n```\n' >docs/other.md
accepts tools/check_readme.sh
grep -qx '3 passed, 0 failed' log
[ ! -e made ]

printf '<!-- tested -->\n```sh\nholdfast 1\n```\n' >docs/other.md
refuses 'not ok docs/other.md (exit status 1) in docs/other.md:1' tools/check_readme.sh
printf '<!-- tested: exit 1 -->\n```sh\nholdfast\n```\n' >docs/other.md
refuses 'not ok docs/other.md' tools/check_readme.sh
printf '<!-- tested -->\n```sh\nholdfast 1\n```\n<!-- tested -->\n```sh\nholdfast\n```\n' >docs/other.md
refuses '2 passed, 2 failed' tools/check_readme.sh
printf '<!-- tested -->\n```sh\nholdfast\n' >docs/other.md
refuses 'not ok docs/other.md' tools/check_readme.sh
printf '<!-- tested -->\nholdfast\n' >docs/other.md
refuses 'not ok docs/other.md' tools/check_readme.sh
rm docs/other.md
echo nothing >README.md
refuses 'README.md:1: no block is marked' tools/check_readme.sh
