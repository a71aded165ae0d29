# The first thing that a stranger types must name every command.
ok holdfast --help
for command in init demo import export assess show lint verify; do
	expect_out "$command"
done
