import type { Cell } from "./posture";
import { router } from "./router.svelte";

/** Where a cell is read. */
export function cellHref(cell: Pick<Cell, "obligation" | "organisation" | "period">): string {
	return router.href(`/cells/${encodeURIComponent(cell.obligation)}/${encodeURIComponent(cell.organisation ?? "")}`, { period: cell.period });
}
