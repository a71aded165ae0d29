// The records of a list. They come a part at a time: where the server finds any place of the list it is known in its whole length at
// once, and what is looked at is asked for; else there are as many as somebody has scrolled to, one part after the other. Only parts
// near to what is looked at are kept: the others are asked for again.

import { get, Problem, type Query } from "./api";

export interface Row {
	[field: string]: unknown;
	id: string;
	row_version?: number;
}

export interface RecordsPage {
	total: number;
	total_is_exact: boolean;
	stopped: boolean;
	places: boolean;
	records: Row[];
	next: string | null;
}

interface Part {
	/** The cursor of the part before; null where it is not known, or there is none. */
	after: string | null;
	start: number;
	count: number;
	rows: Row[] | null;
	asked: boolean;
}

const first = 60;
const more = 250;
const kept = 40;
/** Rows on either side of what is looked at that are asked for with it. */
const beside = 100;
/** Parts that are asked for at a time. */
const atOnce = 2;
/** Milliseconds for which a place is looked at before it is asked for, where only its number leads there: a bar that is dragged passes many. */
const rest = 60;
/** A page that the server cut short is followed by the next without asking only where it had something. */
const worth = 10;

export class Listing {
	/** Goes up whenever there is something new to show. */
	version = $state(0);
	total = $state(0);
	exact = $state(true);
	/** The server stopped looking, and found little: somebody must say whether to go on. */
	stopped = $state(false);
	busy = $state(false);
	problem = $state.raw<Problem | undefined>();
	/** Rows known to be there, whether they have come or not. */
	count = $state(0);
	#path: string;
	#query: Query;
	#stop = new AbortController();
	/** The next part, while it is on its way. */
	#coming: Promise<void> | null = null;
	#parts: Part[] = [];
	#next: string | null = null;
	#ended = false;
	#places = false;
	#jumps: boolean;
	/** The rows that are looked at, and how many parts are on their way. */
	#seen: [number, number] = [0, 0];
	#asked = 0;
	#timer: ReturnType<typeof setTimeout> | undefined;

	/** Whether any place may be looked at; else the list is as long as what has come. */
	constructor(path: string, query: Query, jumps = true) {
		this.#path = path;
		this.#query = query;
		this.#jumps = jumps;
	}

	get ended(): boolean {
		void this.version;
		return this.#ended;
	}

	close(): void {
		clearTimeout(this.#timer);
		this.#stop.abort();
	}

	#ask(after: string | null, start: number): Promise<RecordsPage> {
		const from = after !== null ? { after } : start > 0 ? { skip: start } : {};
		return get<RecordsPage>(this.#path, { ...this.#query, limit: start === 0 ? first : more, ...from }, this.#stop.signal);
	}

	/** The next part, unless there is none. */
	further(): Promise<void> {
		if (!this.#ended) this.#coming ??= this.#bring().finally(() => (this.#coming = null));
		return this.#coming ?? Promise.resolve();
	}

	async #bring(): Promise<void> {
		this.busy = true;
		try {
			// A page that is asked for by its place tells how many there are.
			const page = await this.#ask(this.#places && !this.exact ? null : this.#next, this.count);
			if (this.#parts.length === 0 || page.total_is_exact) {
				this.total = page.total;
				this.exact = page.total_is_exact;
			}
			this.#places = this.#jumps && page.places;
			this.#parts.push({ after: this.#next, start: this.count, count: page.records.length, rows: page.records, asked: false });
			this.#next = page.next;
			this.#ended = page.next === null;
			this.stopped = page.stopped && page.next !== null && page.records.length < worth;
			this.count += page.records.length;
			this.problem = undefined;
			if (this.#places && page.total_is_exact) this.#lay(page.total);
		} catch (error) {
			if (this.#stop.signal.aborted) return;
			this.problem = Problem.of(error);
		}
		this.busy = false;
		this.version++;
	}

	/** Parts until there are so many rows, as far as the list goes. */
	async upTo(rows: number): Promise<void> {
		do await this.further();
		while (this.count < rows && !this.#ended && !this.stopped && !this.problem && !this.#stop.signal.aborted);
	}

	/** All parts that there are, before they have come. */
	#lay(total: number): void {
		for (let start = this.count, after = this.#next; start < total; start += more, after = null)
			this.#parts.push({ after, start, count: Math.min(more, total - start), rows: null, asked: false });
		this.count = Math.max(this.count, total);
		this.#ended = true;
	}

	#at(index: number): number {
		let low = 0;
		let high = this.#parts.length - 1;
		while (low < high) {
			const middle = (low + high + 1) >> 1;
			if ((this.#parts[middle]?.start ?? 0) <= index) low = middle;
			else high = middle - 1;
		}
		return low;
	}

	row(index: number): Row | undefined {
		const part = this.#parts[this.#at(index)];
		return part?.rows?.[index - part.start];
	}

	/** The rows that have come and are kept. */
	rows(): Row[] {
		return this.#parts.flatMap((part) => part.rows ?? []);
	}

	/** Puts another version of a record where it is shown. */
	replace(row: Row): void {
		for (const part of this.#parts) {
			const at = part.rows?.findIndex((one) => one.id === row.id) ?? -1;
			if (at >= 0) part.rows![at] = row;
		}
		this.version++;
	}

	/** Says which rows are looked at: those missing are asked for, and those far off let go. */
	look(from: number, to: number): void {
		this.#seen = [from, to];
		if (to >= this.count - beside && !this.stopped && !this.problem) void this.further();
		clearTimeout(this.#timer);
		if (this.#parts[this.#at(from)]?.after || this.#parts[this.#at(from)]?.rows || from === 0) this.#fill();
		else this.#timer = setTimeout(() => this.#fill(), rest);
		if (this.#parts.length <= kept) return;
		const [low, high] = [this.#at(from), this.#at(to)];
		for (const [i, part] of this.#parts.entries()) if (i < low - kept / 2 || i > high + kept / 2) part.rows = null;
	}

	/** Asks for what is missing of what is looked at, that first, as far as it may. */
	#fill(): void {
		const [from, to] = this.#seen;
		const [low, high] = [this.#at(from), this.#at(to)];
		const around = [this.#at(to + beside), this.#at(Math.max(0, from - beside))];
		for (const i of [...Array.from({ length: high - low + 1 }, (_, n) => low + n), ...around]) {
			if (this.#asked >= atOnce) return;
			void this.#fetch(i);
		}
	}

	async #fetch(at: number): Promise<void> {
		const part = this.#parts[at];
		if (!part || part.rows || part.asked) return;
		part.asked = true;
		this.#asked++;
		try {
			const page = await this.#ask(part.after, part.start);
			part.rows = page.records;
			const next = this.#parts[at + 1];
			if (next) next.after ??= page.next;
			else this.#more(page.next);
			if (page.records.length !== part.count) this.#recount(part, page.records.length);
			this.version++;
		} catch (error) {
			if (!this.#stop.signal.aborted) this.problem = Problem.of(error);
		} finally {
			part.asked = false;
			this.#asked--;
		}
		if (!this.problem && !this.#stop.signal.aborted) this.#fill();
	}

	/** Records came meanwhile, after what was the last part. */
	#more(next: string | null): void {
		this.#next = next;
		this.#ended = next === null;
	}

	/** Records came or went meanwhile. */
	#recount(part: Part, count: number): void {
		part.count = count;
		let start = 0;
		for (const one of this.#parts) {
			one.start = start;
			start += one.count;
		}
		this.count = start;
	}
}
