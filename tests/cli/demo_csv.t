# The last state comes out as CSV files, byte for byte the same for the same seed and time.
for n in 1 2; do
	ok holdfast demo --home "ws$n" --records 3000 --months 1 --seed 9 --clock 2026-06-15T12:00:00Z --csv "csv$n"
done
ok diff -r csv1 csv2
[ "$(head -n 1 csv1/account.csv | cut -d, -f1-3)" = "organisation,key,login" ] || fail "header of account.csv"
[ "$(wc -l <csv1/person.csv)" -gt 80 ] || fail "too few people"
sort csv1/person.csv >sorted
! cmp -s sorted csv1/person.csv || fail "the rows are in order"
expect_exit 3 holdfast demo --home ws3 --records 3000 --months 1 --csv csv1
expect_err "File exists"

# They can be imported by hand.
ok holdfast init --home hand --rehearsal
cd csv1
ok holdfast import --home ../hand organisation.csv site.csv person.csv
