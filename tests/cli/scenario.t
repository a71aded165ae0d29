# Violations seeded among near misses (tests/scenario): assess names exactly the seeded ones, says the same when asked
# again, and keeps them as put right once a second delivery mends them; and an export of it all changes nothing.

NOON=2026-06-15T12:00:00Z
LATER=2026-06-15T15:00:00Z

# import_from CLOCK FOLDER ORGANISATION: everything that the organisation delivers.
import_from() {
	[ -d "$2/$3" ] || return 0
	ok holdfast import --home W --clock "$1" --organisation "$3" --json "$2/$3"/*.csv
	expect_json out 'all(part["rejected"] == 0 for part in d["registers"])'
}

# The integrator names people and documents of the others, and they name its own: so these come first.
deliver() {
	for part in integrator/organisation client/person alder/person birch/person cedar/person client/document; do
		[ ! -f "$2/$part.csv" ] ||
			ok holdfast import --home W --clock "$1" --organisation "${part%/*}" "$2/$part.csv"
	done
	for organisation in integrator client alder birch cedar; do
		import_from "$1" "$2" "$organisation"
	done
}

compare() {
	python3 -I "$ROOT/tests/scenario/compare.py" "$@" >out 2>err || fail "the scenario and assess disagree"
}

for scenario in access upkeep; do
	folder=$ROOT/tests/scenario/$scenario
	rm -rf W
	ok holdfast init --home W --rehearsal --clock $NOON
	deliver $NOON "$folder"
	ok holdfast assess --home W --clock $NOON --json
	cp out first.json
	compare "$folder" seeded first.json

	for way in --full ''; do
		# shellcheck disable=SC2086
		ok holdfast assess --home W --clock $NOON --json $way
		how='^  "(full|obligations_decided)":'
		[ "$(grep -vE "$how" out)" = "$(grep -vE "$how" first.json)" ] ||
			fail "a second assessment of $scenario says something else"
	done

	deliver $LATER "$folder/mended"
	ok holdfast assess --home W --clock $LATER --json
	cp out mended.json
	ok holdfast show failures --fixed --home W --clock $LATER --json
	cp out shown.json
	compare "$folder" mended mended.json shown.json

	# What goes out comes in again as it was.
	rm -rf exported
	mkdir exported
	for file in "$folder"/integrator/*.csv; do
		register=$(basename "$file" .csv)
		ok holdfast export "$register" --home W --clock $LATER --organisation integrator \
			--output "exported/$register.csv"
	done
	ok holdfast import --home W --clock $LATER --organisation integrator --json exported/*.csv
	expect_json out 'd["total"]["unchanged"] == d["total"]["read"] > 600'
	ok holdfast verify --home W --clock $LATER
done
