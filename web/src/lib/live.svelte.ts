// What the server tells by itself: that cells were decided anew. One stream for all pages, which stays when one goes from page to page,
// and is open only while somebody looks. What it missed meanwhile it is told when it goes on.

import { address, type Schemas } from "./api";
import { router } from "./router.svelte";

export type CellNews = Pick<Schemas["cell"], "id" | "obligation" | "organisation" | "period" | "state" | "reason" | "failing" | "changed_at">;

/** Those who want to know: of a cell, or, with null, that there was more than was told. */
const listeners = new Set<(cell: CellNews | null) => void>();
let source: EventSource | null = null;
/** Where the ledger was when something was told last; whether it is not known since when nothing was. */
let position = "";
let lost = false;
let again: ReturnType<typeof setTimeout> | undefined;
/** Milliseconds until it is tried again after it was refused, and until it is left when nobody looks any more. */
const refused = 30_000;
const unseen = 20_000;

function close(): void {
	source?.close();
	source = null;
	clearTimeout(again);
}

function open(): void {
	close();
	const stream = new EventSource(address("/events", { position }));
	source = stream;
	const heard = (event: Event): string => {
		const { data, lastEventId } = event as MessageEvent<string>;
		position = lastEventId || position;
		return data;
	};
	const told = (cell: CellNews | null) => {
		for (const tell of listeners) tell(cell);
	};
	stream.addEventListener("begin", (event) => {
		heard(event);
		if (lost) told(null);
		lost = false;
	});
	stream.addEventListener("cell", (event) => told(JSON.parse(heard(event)) as CellNews));
	stream.addEventListener("missed", (event) => {
		heard(event);
		told(null);
	});
	stream.onerror = () => {
		// The browser goes on by itself, unless it was refused.
		if (stream.readyState !== EventSource.CLOSED) return;
		close();
		lost = position === "";
		again = setTimeout(look, refused);
	};
}

function look(): void {
	clearTimeout(again);
	if (document.hidden) again = setTimeout(close, unseen);
	else if (!source && listeners.size > 0) open();
}
document.addEventListener("visibilitychange", look);

/**
 * Calls `changed` some moments after cells that `concerns` names have changed. Of the past nothing changes. To be called while a component
 * is made.
 */
export function whenCellsChange(concerns: (cell: CellNews) => boolean, changed: () => void): void {
	const past = $derived(router.asOf !== null);
	$effect(() => {
		if (past) return;
		let timer: ReturnType<typeof setTimeout> | undefined;
		// An assessment tells of hundreds of cells; they are asked for once.
		const tell = (cell: CellNews | null) => {
			if (cell && !concerns(cell)) return;
			clearTimeout(timer);
			timer = setTimeout(changed, 700);
		};
		listeners.add(tell);
		look();
		return () => {
			listeners.delete(tell);
			clearTimeout(timer);
		};
	});
}
