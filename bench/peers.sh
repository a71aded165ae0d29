# peers.sh -- what others of Debian need for a comparable page, beside the server's in the same run: the ticket page of
# Fossil, and the ticket of Request Tracker over its REST interface. Read by http.sh. Each is a private instance in $work,
# with 55 tickets, on a port of its own; what cannot be had is left out.

free_port() {
	port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 30000))
	while curl -s -o /dev/null "http://127.0.0.1:$port/"; do
		port=$((port + 1))
	done
	echo $port
}

# answers URL [OPTION...]: waits until it does.
answers() {
	patient 300 0.2 curl -fs -o /dev/null "$@"
}

# measure_peer NAME WHAT URL OURS OPTION...: what ours is against it.
measure_peer() {
	peer=$1
	what=$2
	url=$3
	ours=$4
	shift 4
	wrk -t 1 -d 8 --timeout 60 "$@" "$url" >"$work/out" && ! grep -q 'Non-2xx' "$work/out" || {
		say "$peer does not answer: $(tail -n 3 "$work/out")"
		return 0
	}
	theirs=$(awk '$1 == "Requests/sec:" { print $2 }' "$work/out")
	case $theirs in
	'' | 0.00)
		say "$peer answers nothing in time"
		return 0
		;;
	esac
	row "$what, against $peer" "$(median "$ours")" '' "$theirs" "$(calculate "$(median "$ours") / $theirs")" least 1
}

peer_end() {
	kill "$peer_process" 2>/dev/null || true
	wait "$peer_process" 2>/dev/null || true
}

fossil_measure() {
	mkdir -p "$work/fossil"
	(
		cd "$work/fossil"
		HOME=$PWD USER=bench
		export HOME USER
		fossil new r.fossil
		for i in $(seq 55); do
			fossil ticket add -R r.fossil title "A ticket $i" status Open type Incident severity Minor \
				comment "What happened, at some length, so that there is something to be shown"
		done
		# Whoever is nobody may look at tickets.
		fossil user capabilities nobody gjorz -R r.fossil
	) >"$work/fossil/log" 2>&1 || { say "without Fossil: $(tail -n 1 "$work/fossil/log")"; return 0; }
	peer_port=$(free_port)
	ticket=$(fossil sql -R "$work/fossil/r.fossil" 'select tkt_uuid from ticket limit 1' </dev/null | tr -d "'")
	HOME=$work/fossil USER=bench fossil server "$work/fossil/r.fossil" --localhost --port "$peer_port" \
		>"$work/fossil/log" 2>&1 &
	peer_process=$!
	if answers "http://127.0.0.1:$peer_port/tktview/$ticket"; then
		measure_peer Fossil 'one record' "http://127.0.0.1:$peer_port/tktview/$ticket" record -c 4
		measure_peer Fossil 'a list of 50' "http://127.0.0.1:$peer_port/rptview/1" list -c 4
	else
		say "without Fossil: $(tail -n 1 "$work/fossil/log")"
	fi
	peer_end
}

rt_configure() {
	cat <<-END
		Set(\$rtname, 'bench');
		Set(\$Organization, 'bench.example');
		Set(\$DatabaseType, 'SQLite');
		Set(\$DatabaseName, '$1/rt.db');
		Set(\$WebDomain, '127.0.0.1');
		Set(\$WebPort, $2);
		Set(\$LogToSyslog, undef);
		Set(\$LogToSTDERR, 'error');
		Set(\$MailCommand, 'testfile');
		Set(\$WebSessionClass, 'Apache::Session::File');
		\$RT::MasonDataDir = '$1/mason';
		\$RT::MasonSessionDir = '$1/session';
		\$RT::VarPath = '$1';
		1;
	END
}

rt_fill() {
	perl -I/usr/share/request-tracker5/lib -e '
		use RT;
		RT::LoadConfig();
		RT::Init();
		my $root = RT::CurrentUser->new(RT->SystemUser);
		$root->Load("root");
		for my $i (1 .. 55) {
			my ($id, undef, $said) = RT::Ticket->new($root)->Create(Queue => "General", Subject => "A ticket $i",
				Content => "What happened, at some length, so that there is something to be shown");
			die $said unless $id;
		}'
}

rt_measure() {
	rt=$work/rt
	mkdir -p "$rt/mason" "$rt/session" "$rt/conf.d"
	peer_port=$(free_port)
	rt_configure "$rt" "$peer_port" >"$rt/RT_SiteConfig.pm"
	# So it reads nothing of what the system has.
	export RT_SITE_CONFIG="$rt/RT_SiteConfig.pm" RT_SITE_CONFIG_DIR="$rt/conf.d"
	{
		rt-setup-database-5 --action init --dba-password '' --force --datadir /usr/share/request-tracker5/etc &&
			rt_fill
	} >"$rt/log" 2>&1 </dev/null || { say "without Request Tracker: $(tail -n 1 "$rt/log")"; return 0; }
	/usr/share/request-tracker5/libexec/rt-server --host 127.0.0.1 --port "$peer_port" >"$rt/log" 2>&1 </dev/null &
	peer_process=$!
	rest=http://127.0.0.1:$peer_port/REST/2.0
	# It answers one at a time.
	if answers -u root:password "$rest/ticket/1"; then
		basic="Authorization: Basic $(printf root:password | base64)"
		measure_peer 'Request Tracker' 'one record' "$rest/ticket/1" record -c 1 -H "$basic"
		measure_peer 'Request Tracker' 'a list of 50' \
			"$rest/tickets?query=id%3E0&per_page=50&fields=Subject,Status,Queue,Owner,Created" list -c 1 -H "$basic"
	else
		say "without Request Tracker: $(tail -n 1 "$rt/log")"
	fi
	peer_end
	unset RT_SITE_CONFIG RT_SITE_CONFIG_DIR
}

if command -v fossil >/dev/null; then
	say "asking Fossil"
	fossil_measure
else
	say "without Fossil, which is not there"
fi
if [ -x /usr/share/request-tracker5/libexec/rt-server ] && command -v rt-setup-database-5 >/dev/null; then
	say "asking Request Tracker"
	rt_measure
else
	say "without Request Tracker, which is not there"
fi
