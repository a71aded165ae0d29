import type { Route } from "./router.svelte";

/** Every page, the first that fits. Each is fetched when somebody first goes there. */
export const routes: Route[] = [
	{ path: "/", page: () => import("../pages/Posture.svelte") },
	{ path: "/cells/:obligation/:organisation", page: () => import("../pages/Cell.svelte") },
	{ path: "/registers", page: () => import("../pages/Registers.svelte") },
	{ path: "/registers/:register/new", page: () => import("../pages/NewRecord.svelte") },
	{ path: "/registers/:register", page: () => import("../pages/Register.svelte") },
	{ path: "/records/:record", page: () => import("../pages/Record.svelte") },
	{ path: "/ledger", page: () => import("../pages/Ledger.svelte") },
	{ path: "/account", page: () => import("../pages/Account.svelte") },
];

/** What the navigation leads to, in its order. */
export const places: { path: string; name: string; under: string[] }[] = [
	{ path: "/", name: "Posture", under: ["/cells"] },
	{ path: "/registers", name: "Registers", under: ["/records"] },
	{ path: "/ledger", name: "Ledger", under: [] },
];
