# scale.sh -- how cost grows with the work: the same steps over workspaces of 10,000, 100,000 and 1,000,000 records. Read
# by run.sh; writes a table into the page and a plot beside it.

# steps RECORDS: a line "RECORDS assess import list verify" in seconds and milliseconds.
steps() {
	size=$1
	scale=$dir/scale-$size
	if [ ! -e "$scale/ready" ]; then
		say "making a workspace of $size records, once"
		rm -rf "$scale"
		mkdir -p "$scale"
		"$holdfast" demo --home "$scale/demo" --records "$size" --months 2 --seed "$seed" --csv "$scale/csv" >/dev/null
		touch "$scale/ready"
	fi
	"$holdfast" init --home "$scale/demo" >/dev/null || die "try again with bench/run.sh --fresh"
	rm -rf "$work/ws"
	"$holdfast" init --home "$work/ws" >/dev/null
	"$holdfast" import --home "$work/ws" --organisation integrator "$scale/csv/organisation.csv" >/dev/null
	rm -f "$work"/scale_*
	for round in 1 2 3; do
		timed scale_assess "$holdfast" assess --full --home "$scale/demo"
		timed scale_verify "$holdfast" verify --home "$scale/demo"
	done
	set --
	for file in "$scale"/csv/*.csv; do
		[ "${file##*/}" = organisation.csv ] || set -- "$@" "$file"
	done
	# Some rows are as bad as real ones are, and are rejected, which is status 3.
	timed scale_import sh -c '"$@" || [ $? -eq 3 ]' sh "$holdfast" import --home "$work/ws" --organisation $integrator "$@"
	"$tools/list_page" "$work/ws" 50 "$size" >"$work/pages"
	echo "$size $(median scale_assess) $(median scale_import) $(awk -F '\t' '$2 == "first" { print $3; exit }' "$work/pages")" \
		"$(median scale_verify) $(cat "$@" | wc -l)"
}

# Both axes are logarithmic: a straight line that rises as the dotted one is a cost that grows as the work does.
plot() {
	awk '
	function x(v) { return 70 + (log(v) / log(10) - 4) * 240 }
	function y(v) { return 270 - (log(v) / log(10) + 3) * 48 }
	{ n++; at[n] = $1; v[1, n] = $2; v[2, n] = $3; v[3, n] = $4 / 1000; v[4, n] = $5 }
	END {
		split("assess import list verify", name)
		split("#0b6e4f #1f5fa8 #a83c1f #6b4fa0", colour)
		print "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 640 320\" role=\"img\" font-family=\"sans-serif\" font-size=\"12\">"
		print "<title>Seconds by records, both logarithmic</title><rect width=\"640\" height=\"320\" fill=\"#fff\"/>"
		for (d = -3; d <= 2; d++)
			printf "<path d=\"M70 %.1fH550\" stroke=\"#ddd\"/><text x=\"62\" y=\"%.1f\" text-anchor=\"end\">%s s</text>\n", y(10 ^ d), y(10 ^ d) + 4, 10 ^ d
		for (d = 4; d <= 6; d++)
			printf "<path d=\"M%.1f 30V270\" stroke=\"#ddd\"/><text x=\"%.1f\" y=\"290\" text-anchor=\"middle\">%d,000</text>\n", x(10 ^ d), x(10 ^ d), 10 ^ (d - 3)
		printf "<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"#999\" stroke-dasharray=\"3 3\"/>\n", x(10000), y(0.02), x(1000000), y(2)
		for (k = 1; k <= 4; k++) {
			line = ""
			for (i = 1; i <= n; i++) {
				line = line (i == 1 ? "M" : "L") sprintf("%.1f %.1f", x(at[i]), y(v[k, i]))
				printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n", x(at[i]), y(v[k, i]), colour[k]
			}
			printf "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/><text x=\"560\" y=\"%.1f\" fill=\"%s\">%s</text>\n", line, colour[k], y(v[k, n]) + 4, colour[k], name[k]
		}
		print "</svg>"
	}' "$1"
}

for size in 10000 100000 1000000; do
	steps $size >>"$work/scale"
done
{
	echo '| records | assess, s | import of all registers, s | rows of it | first page of a list, ms | verify, s |'
	echo '|--:|--:|--:|--:|--:|--:|'
	awk '{ printf "| %d | %.2f | %.2f | %d | %.2f | %.2f |\n", $1, $2, $3, $6, $4, $5 }' "$work/scale"
} >"$work/grown"
cat "$work/grown"
plot "$work/scale" >docs/performance.svg
page_write $page grown "$work/grown"
say "wrote how cost grows into $page and docs/performance.svg"
