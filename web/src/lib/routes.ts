import { matches, type Route } from "./router.svelte";

/** Every page, the first that fits. Each is fetched when somebody first goes there. */
export const routes: Route[] = [
	{ path: "/", page: () => import("../pages/Posture.svelte") },
	{ path: "/cells/:obligation/:organisation", page: () => import("../pages/Cell.svelte") },
	{ path: "/plan", page: () => import("../pages/Plan.svelte") },
	{ path: "/plan/:section", page: () => import("../pages/Plan.svelte") },
	{ path: "/work", page: () => import("../pages/Work.svelte") },
	{ path: "/work/calendar", page: () => import("../pages/Calendar.svelte") },
	{ path: "/registers", page: () => import("../pages/Registers.svelte") },
	{ path: "/registers/:register/new", page: () => import("../pages/NewRecord.svelte") },
	{ path: "/registers/:register/import", page: () => import("../pages/Import.svelte") },
	{ path: "/registers/:register", page: () => import("../pages/Register.svelte") },
	{ path: "/records/:record", page: () => import("../pages/Record.svelte") },
	{ path: "/findings", page: () => import("../pages/Findings.svelte") },
	{ path: "/people", page: () => import("../pages/People.svelte") },
	{ path: "/people/:person", page: () => import("../pages/Person.svelte") },
	{ path: "/ledger", page: () => import("../pages/Ledger.svelte") },
	{ path: "/admin", page: () => import("../pages/Admin.svelte") },
	{ path: "/admin/:part", page: () => import("../pages/Admin.svelte") },
	{ path: "/account", page: () => import("../pages/Account.svelte") },
];

/** The route of a path, and its parameters. */
export function routeOf(path: string): { route: Route; params: Record<string, string> } | null {
	for (const route of routes) {
		const params = matches(route.path, path);
		if (params) return { route, params };
	}
	return null;
}

/** What a link leads to is fetched when somebody points at it, before he follows it. */
export function fetchAhead(): void {
	for (const kind of ["pointerover", "focusin"])
		addEventListener(kind, (event) => {
			const link = (event.target as Element).closest?.("a");
			// A page that cannot be had is told of when somebody goes there.
			if (link?.origin === location.origin) routeOf(link.pathname)?.route.page().catch(() => {});
		});
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
