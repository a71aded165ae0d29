// What the server tells by itself: that cells were decided anew. One stream for a page, open only while it is looked at.

import type { Schemas } from "./api";
import { router } from "./router.svelte";

export type CellNews = Pick<Schemas["cell"], "id" | "obligation" | "organisation" | "period" | "state" | "reason" | "failing" | "changed_at">;

/**
 * Calls `changed` some moments after cells that `concerns` names have changed, or may have while nobody looked. Of the past nothing
 * changes. To be called while a component is made.
 */
export function whenCellsChange(concerns: (cell: CellNews) => boolean, changed: () => void): void {
	$effect(() => {
		if (router.asOf) return;
		let source: EventSource | null = null;
		let timer: ReturnType<typeof setTimeout> | undefined;
		let again: ReturnType<typeof setTimeout> | undefined;

		// An assessment tells of hundreds of cells; they are asked for once.
		const soon = () => {
			clearTimeout(timer);
			timer = setTimeout(changed, 700);
		};
		const close = () => {
			source?.close();
			source = null;
			clearTimeout(again);
		};
		const open = () => {
			close();
			source = new EventSource("/api/v1/events");
			source.addEventListener("cell", (event) => {
				if (concerns(JSON.parse((event as MessageEvent<string>).data) as CellNews)) soon();
			});
			source.addEventListener("missed", soon);
			source.onerror = () => {
				// The browser goes on by itself, unless it was refused.
				if (source?.readyState !== EventSource.CLOSED) return;
				close();
				again = setTimeout(open, 30_000);
			};
		};
		const look = () => {
			if (document.hidden) close();
			else if (!source) {
				open();
				soon();
			}
		};
		if (!document.hidden) open();
		document.addEventListener("visibilitychange", look);
		return () => {
			document.removeEventListener("visibilitychange", look);
			clearTimeout(timer);
			close();
		};
	});
}
