. ./lib.sh
accepts tools/check_layers.sh

echo '#include "base/count.h"' >src/store/db.c
accepts tools/check_layers.sh

echo '#include "store/db.h"' >src/base/up.c
refuses 'src/base/up.c:1: base/ must not include store/db.h' tools/check_layers.sh
printf '\n  #  include "store/db.h"\n' >src/base/up.c
refuses 'src/base/up.c:2: base/ must not include store/db.h' tools/check_layers.sh
printf '/*\n#include "store/db.h"\n*/\n' >src/base/up.c
accepts tools/check_layers.sh
rm src/base/up.c

echo '#include "store/db.h"' >src/base/rows.def
refuses 'src/base/rows.def:1: base/ must not' tools/check_layers.sh
rm src/base/rows.def

echo '#include "access/grant.h"' >src/ledger/log.c
refuses 'src/ledger/log.c:1: ledger/ must not include access/grant.h, on the same floor' tools/check_layers.sh
echo '#include "store/db_priv.h"' >src/ledger/log.c
refuses 'src/ledger/log.c:1: store/db_priv.h is private' tools/check_layers.sh
echo '#include "log.h"' >src/ledger/log.c
refuses 'src/ledger/log.c:1: "log.h" names no folder' tools/check_layers.sh
echo '#include "../store/db.h"' >src/ledger/log.c
refuses 'src/ledger/log.c:1: "../store/db.h" names no folder' tools/check_layers.sh
rm src/ledger/log.c

mkdir src/extra
echo '#include <stdio.h>' >src/extra/odd.c
refuses 'src/extra/odd.c:1: src/extra/ has no floor' tools/check_layers.sh
rm -r src/extra

rm src/LAYERS
refuses 'src/LAYERS:1: missing' tools/check_layers.sh
rm -r src/*
echo '0 base' >src/LAYERS
refuses 'src: no C source found' tools/check_layers.sh
