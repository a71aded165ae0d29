# c_lex.awk -- C source as tokens, one a line: file, line, kind, text, separated by tabs.
#
# Kinds: id, number, string (its inside; adjacent literals are joined, as the compiler does), char,
# punct (one character, or ->), include (<name> or "name"). Comments and the other preprocessor
# directives are left out, except that the body of a #define gives its tokens, between
# `define NAME` and `enddefine NAME`. The last line is of kind eof: without it the run broke off.
function put(kind, text) {
	if (kind == "string") {
		if (!pending)
			pending_line = FNR
		pending = 1
		pending_text = pending_text text
		return
	}
	flush_string()
	print FILENAME "\t" FNR "\t" kind "\t" text
}

function flush_string() {
	if (pending)
		print pending_file "\t" pending_line "\tstring\t" pending_text
	pending = 0
	pending_text = ""
	pending_file = FILENAME
}

function end_define() {
	if (define != "")
		put("enddefine", define)
	define = ""
}

# Takes the quoted text that `rest` starts with; leaves what follows it in `rest`.
function quoted(mark, i, c, text) {
	for (i = 2; i <= length(rest); i++) {
		c = substr(rest, i, 1)
		if (c == "\\")
			i++
		else if (c == mark)
			break
	}
	text = substr(rest, 2, i - 2)
	rest = substr(rest, i + 1)
	return text
}

function directive(name) {
	sub(/^[ \t]*#[ \t]*/, "", rest)
	match(rest, /^[a-z_]*/)
	name = substr(rest, 1, RLENGTH)
	rest = substr(rest, RLENGTH + 1)
	sub(/^[ \t]*/, "", rest)
	if (name == "include") {
		match(rest, /^("[^"]*"|<[^>]*>|[A-Za-z_0-9]+)/)
		put("include", substr(rest, 1, RLENGTH))
		rest = ""
	} else if (name == "define") {
		match(rest, /^[A-Za-z_0-9]+/)
		define = substr(rest, 1, RLENGTH)
		rest = substr(rest, RLENGTH + 1)
		put("define", define)
	} else {
		skipping = rest ~ /\\$/
		rest = ""
	}
}

FNR == 1 {
	end_define()
	flush_string()
	comment = skipping = continued = 0
	pending_file = FILENAME
}

{
	rest = $0
	if (skipping) {
		skipping = rest ~ /\\$/
		next
	}
	if (!continued && !comment) {
		end_define()
		if (rest ~ /^[ \t]*#/)
			directive()
	}
	continued = $0 ~ /\\$/
	while (rest != "") {
		if (comment) {
			i = index(rest, "*/")
			if (!i)
				break
			rest = substr(rest, i + 2)
			comment = 0
		} else if (match(rest, /^[ \t\r\\]+/)) {
			rest = substr(rest, RLENGTH + 1)
		} else if (rest ~ /^\/\*/) {
			rest = substr(rest, 3)
			comment = 1
		} else if (rest ~ /^\/\//) {
			break
		} else if (match(rest, /^[A-Za-z_][A-Za-z_0-9]*/)) {
			put("id", substr(rest, 1, RLENGTH))
			rest = substr(rest, RLENGTH + 1)
		} else if (match(rest, /^[0-9][A-Za-z_0-9.]*/)) {
			put("number", substr(rest, 1, RLENGTH))
			rest = substr(rest, RLENGTH + 1)
		} else if (rest ~ /^"/) {
			put("string", quoted("\""))
		} else if (rest ~ /^'/) {
			put("char", quoted("'"))
		} else if (rest ~ /^->/) {
			put("punct", "->")
			rest = substr(rest, 3)
		} else {
			put("punct", substr(rest, 1, 1))
			rest = substr(rest, 2)
		}
	}
}

END {
	end_define()
	flush_string()
	print FILENAME "\t" FNR "\teof\t"
}
