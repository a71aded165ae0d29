import Account from "../pages/Account.svelte";
import Admin from "../pages/Admin.svelte";
import Calendar from "../pages/Calendar.svelte";
import Cell from "../pages/Cell.svelte";
import Findings from "../pages/Findings.svelte";
import Import from "../pages/Import.svelte";
import Ledger from "../pages/Ledger.svelte";
import NewRecord from "../pages/NewRecord.svelte";
import People from "../pages/People.svelte";
import Person from "../pages/Person.svelte";
import Plan from "../pages/Plan.svelte";
import Posture from "../pages/Posture.svelte";
import RecordPage from "../pages/Record.svelte";
import Register from "../pages/Register.svelte";
import Registers from "../pages/Registers.svelte";
import Work from "../pages/Work.svelte";
import { matches, type Route } from "./router.svelte";

/** Every page, the first that fits. They are one file: another trip to the server takes longer than to read the few bytes that a page has. */
export const routes: Route[] = [
	{ path: "/", page: Posture },
	{ path: "/cells/:obligation/:organisation", page: Cell },
	{ path: "/plan", page: Plan },
	{ path: "/plan/:section", page: Plan },
	{ path: "/work", page: Work },
	{ path: "/work/calendar", page: Calendar },
	{ path: "/registers", page: Registers },
	{ path: "/registers/:register/new", page: NewRecord },
	{ path: "/registers/:register/import", page: Import },
	{ path: "/registers/:register", page: Register },
	{ path: "/records/:record", page: RecordPage },
	{ path: "/findings", page: Findings },
	{ path: "/people", page: People },
	{ path: "/people/:person", page: Person },
	{ path: "/ledger", page: Ledger },
	{ path: "/admin", page: Admin },
	{ path: "/admin/:part", page: Admin },
	{ path: "/account", page: Account },
];

/** The route of a path, and its parameters. */
export function routeOf(path: string): { route: Route; params: Record<string, string> } | null {
	for (const route of routes) {
		const params = matches(route.path, path);
		if (params) return { route, params };
	}
	return null;
}

/** What the navigation leads to, in its order. */
export const places: { path: string; name: string; under: string[] }[] = [
	{ path: "/", name: "Posture", under: ["/cells"] },
	{ path: "/work", name: "My work", under: [] },
	{ path: "/plan", name: "Plan", under: [] },
	{ path: "/registers", name: "Registers", under: ["/records"] },
	{ path: "/findings", name: "Findings", under: [] },
	{ path: "/people", name: "People", under: [] },
	{ path: "/ledger", name: "Ledger", under: [] },
	{ path: "/admin", name: "Administration", under: [] },
];
