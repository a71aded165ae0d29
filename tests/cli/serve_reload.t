# SIGHUP: another plan, while a server is at work.
. "$ROOT/tests/cli/serve.sh"
. "$ROOT/tests/cli/api.sh"
. "$ROOT/tests/cli/reload.sh"
cp -R "$ROOT/content" content
ok holdfast demo --home ws --content content --records 3000 --months 1 --seed 7
reload_plan one two three
ok holdfast verify --home ws
