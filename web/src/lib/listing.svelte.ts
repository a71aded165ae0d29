// The records of a list, as many as somebody has scrolled to. They come by cursor, a part at a time. Of a long list only the parts
// near to what is looked at are kept: the others are known by their cursor and asked for again.

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
	records: Row[];
	next: string | null;
}

interface Part {
	after: string | null;
	start: number;
	count: number;
	rows: Row[] | null;
	asked: boolean;
}

const first = 60;
const more = 250;
const kept = 40;
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
	/** Rows known so far. */
	count = $state(0);
	#path: string;
	#query: Query;
	#stop = new AbortController();
	#parts: Part[] = [];
	#next: string | null = null;
	#ended = false;

	constructor(path: string, query: Query) {
		this.#path = path;
		this.#query = query;
	}

	get ended(): boolean {
		void this.version;
		return this.#ended;
	}

	close(): void {
		this.#stop.abort();
	}

	#ask(after: string | null): Promise<RecordsPage> {
		return get<RecordsPage>(this.#path, { ...this.#query, limit: after === null ? first : more, after }, this.#stop.signal);
	}

	/** The next part, unless there is none or it is on its way. */
	async further(): Promise<void> {
		if (this.busy || this.#ended) return;
		this.busy = true;
		try {
			const page = await this.#ask(this.#next);
			if (this.#parts.length === 0) {
				this.total = page.total;
				this.exact = page.total_is_exact;
			}
			this.#parts.push({ after: this.#next, start: this.count, count: page.records.length, rows: page.records, asked: false });
			this.#next = page.next;
			this.#ended = page.next === null;
			this.stopped = page.stopped && page.next !== null && page.records.length < worth;
			this.count += page.records.length;
			this.problem = undefined;
		} catch (error) {
			if (this.#stop.signal.aborted) return;
			this.problem = Problem.of(error);
		}
		this.busy = false;
		this.version++;
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
		if (to >= this.count - 40 && !this.stopped && !this.problem) void this.further();
		const [low, high] = [this.#at(from), this.#at(to)];
		for (let i = low; i <= high; i++) void this.#fetch(this.#parts[i]);
		if (this.#parts.length <= kept) return;
		for (const [i, part] of this.#parts.entries()) if (i < low - kept / 2 || i > high + kept / 2) part.rows = null;
	}

	async #fetch(part: Part | undefined): Promise<void> {
		if (!part || part.rows || part.asked) return;
		part.asked = true;
		try {
			const page = await this.#ask(part.after);
			part.rows = page.records;
			if (page.records.length !== part.count) this.#recount(part, page.records.length);
			this.version++;
		} catch (error) {
			if (!this.#stop.signal.aborted) this.problem = Problem.of(error);
		} finally {
			part.asked = false;
		}
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
