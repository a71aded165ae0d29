. ./lib.sh
accepts make -s headers

printf 'struct log {\n\tsize_t size;\n};\n' >src/ledger/log.h
status=0
make -s headers >log 2>&1 || status=$?
[ "$status" -ne 0 ] && grep -q '^src/ledger/log.h:1: include in the header itself' log || {
	echo "FAILED: a header that does not stand alone was taken (exit status $status)"
	cat log
	exit 1
}
printf '#include <stddef.h>\nstruct log {\n\tsize_t size;\n};\n' >src/ledger/log.h
accepts make -s headers
