. ./lib.sh
accepts tools/check_format.sh

printf 'int f(void){return 1;}\n' >src/base/odd.c
refuses 'src/base/odd.c:1:' tools/check_format.sh
clang-format -i src/base/odd.c
accepts tools/check_format.sh
printf 'int  a;\n' >tests/odd.h
refuses 'tests/odd.h:1:' tools/check_format.sh
rm tests/odd.h

# Without the tool nothing can be said, so nothing passes.
mkdir bin
for tool in sh dirname find sort awk; do
	ln -s "$(command -v $tool)" bin/$tool
done
refuses 'clang-format: not there' env PATH="$project/bin" tools/check_format.sh
