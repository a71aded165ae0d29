// What stands out of a posture: who is worst and why, which duties, and what changed between two moments. Only reckoning; what is
// asked for is the pages' matter.

import type { Schemas } from "./api";
import { count, day, number } from "./format";
import { states, worse, type State } from "./states";

export type Cell = Schemas["cell"];
export type Tally = Schemas["tally"];
export type Party = Schemas["party"];
export type Feed = Schemas["feed"];
export type Duty = Pick<Schemas["obligation"], "id" | "section" | "title" | "severity">;
export type Counts = Record<State, number>;

/** The states that somebody has to do something about. */
export const open: readonly State[] = ["missed", "failing", "unproven"];
export const isOpen = (state: State): boolean => open.includes(state);

export const none = (): Counts => Object.fromEntries(states.map((state) => [state, 0])) as Counts;

/** How many duties are not proven and should be. */
export const openOf = (counts: Counts): number => open.reduce((sum, state) => sum + counts[state], 0);

/** How many there are to prove: all but those with nothing to answer. */
export const toProve = (counts: Counts): number => states.reduce((sum, state) => sum + counts[state], 0) - counts.quiet - counts.not_applicable;

const severities = ["critical", "high", "medium", "low"];
const byWeight = (a: Duty | undefined, b: Duty | undefined): number => severities.indexOf(a?.severity ?? "low") - severities.indexOf(b?.severity ?? "low");

const earlier = (a: string | null, b: string | null): string | null => (a === null ? b : b === null || a < b ? a : b);

export interface Standing {
	party: Party;
	counts: Counts;
	open: number;
	toProve: number;
	/** Records that fail, of all its duties together. */
	records: number;
	since: string | null;
}

/** The organisations by the share of their duties that is not proven, the worst first. */
export function standings(parties: Party[], tallies: Tally[]): Standing[] {
	const found = parties.map((party) => {
		const standing: Standing = { party, counts: none(), open: 0, toProve: 0, records: 0, since: null };
		for (const tally of tallies) {
			if (tally.organisation !== party.key) continue;
			for (const state of states) standing.counts[state] += tally.states[state];
			standing.records += tally.failing;
			standing.since = earlier(standing.since, tally.first_failed_at);
		}
		standing.open = openOf(standing.counts);
		standing.toProve = toProve(standing.counts);
		return standing;
	});
	const share = (s: Standing) => s.open / Math.max(1, s.toProve);
	return found.sort((a, b) => share(b) - share(a) || b.records - a.records || a.party.key.localeCompare(b.party.key));
}

/** When anything last came from an organisation, and how many of its deliveries are too old. */
export function deliveries(feeds: Feed[]): { late: number; of: number; last: string | null; oldest: string | null } {
	const late = feeds.filter((feed) => feed.max_age_days !== null && feed.age_days !== null && feed.age_days > feed.max_age_days);
	const at = (all: Feed[]) => all.map((feed) => feed.delivered_at).filter((when) => when !== null);
	return { late: late.length, of: feeds.length, last: at(feeds).sort().at(-1) ?? null, oldest: at(late).sort()[0] ?? null };
}

/** Why duties cannot be proven, by the reason that their cells give. */
function unproven(cells: Cell[], feeds: Feed[] | undefined): string[] {
	const by = new Map<string, number>();
	for (const cell of cells) if (cell.state === "unproven") by.set(cell.reason ?? "", (by.get(cell.reason ?? "") ?? 0) + 1);
	return [...by].map(([reason, some]) => {
		const one = some === 1;
		if (reason === "stale_feed") {
			const from = feeds?.length ? deliveries(feeds) : null;
			const why = !from || from.late === 0 ? "what they need was not delivered in time"
				: from.late === from.of ? `nothing was delivered since ${day(from.last ?? "")}`
				: `${from.late} of ${from.of} deliveries are too old, the oldest of ${day(from.oldest ?? "")}`;
			return `${number(some)} cannot be proven: ${why}`;
		}
		if (reason === "no_evidence") return `${number(some)} ${one ? "lacks" : "lack"} evidence`;
		if (reason === "awaiting_review") return `evidence for ${number(some)} waits to be accepted`;
		if (reason === "empty_scope") return `${number(some)} ${one ? "has" : "have"} no record to be about`;
		if (reason === "check_error") return `${number(some)} could not be checked`;
		return `${number(some)} ${one ? "is" : "are"} unproven`;
	});
}

/** Why an organisation stands where it does, as sentences. Cells tell more than tallies do, and may come later. */
export function why(standing: Standing, cells: Cell[], feeds?: Feed[]): string[] {
	const { counts } = standing;
	const said: string[] = [];
	const records = standing.records > 0 ? `, with ${count(standing.records, "record")}${standing.since ? `, the first since ${day(standing.since)}` : ""}` : "";
	if (counts.missed > 0)
		said.push(`${count(counts.missed, "duty was", "duties were")} not proven by the end of the period${counts.failing > 0 ? "" : records}`);
	if (counts.failing > 0) said.push(`${count(counts.failing, "duty fails", "duties fail")}${records}`);
	if (counts.unproven > 0) {
		const own = cells.filter((cell) => cell.organisation === standing.party.key);
		const reasons = unproven(own, feeds);
		said.push(...(reasons.length > 0 ? reasons : [`${number(counts.unproven)} cannot be proven`]));
	}
	if (counts.waived > 0) said.push(`${number(counts.waived)} waived`);
	return said.map((text) => text.charAt(0).toUpperCase() + text.slice(1) + ".");
}

export interface WorstDuty {
	duty: Duty | undefined;
	id: string;
	worst: State;
	records: number;
	since: string | null;
	cells: Cell[];
}

/** The duties with open cells: what matters most first, then what most records fail. */
export function worstDuties(cells: Cell[], duties: Map<string, Duty>): WorstDuty[] {
	const found = new Map<string, WorstDuty>();
	for (const cell of cells) {
		if (!isOpen(cell.state)) continue;
		let one = found.get(cell.obligation);
		if (!one) found.set(cell.obligation, (one = { duty: duties.get(cell.obligation), id: cell.obligation, worst: cell.state, records: 0, since: null, cells: [] }));
		one.worst = worse(one.worst, cell.state);
		one.records += cell.failing;
		one.since = earlier(one.since, cell.first_failed_at);
		one.cells.push(cell);
	}
	for (const one of found.values()) one.cells.sort((a, b) => b.failing - a.failing || states.indexOf(a.state) - states.indexOf(b.state));
	return [...found.values()].sort((a, b) => byWeight(a.duty, b.duty) || b.records - a.records || b.cells.length - a.cells.length || order(a.id, b.id));
}

export interface Change {
	cell: Cell;
	before: State | null;
}

const name = (cell: Cell): string => `${cell.obligation} ${cell.organisation}`;

/** What is open now and was not, and what was and is not any more. */
export function changes(now: Cell[], then: Cell[], duties: Map<string, Duty>): { newly: Change[]; right: Change[] } {
	const before = new Map(then.map((cell) => [name(cell), cell.state]));
	const all = now.map((cell) => ({ cell, before: before.get(name(cell)) ?? null }));
	const sort = (some: Change[]) =>
		some.sort(
			(a, b) =>
				byWeight(duties.get(a.cell.obligation), duties.get(b.cell.obligation)) ||
				b.cell.failing - a.cell.failing ||
				order(a.cell.obligation, b.cell.obligation),
		);
	return {
		newly: sort(all.filter((one) => isOpen(one.cell.state) && !(one.before && isOpen(one.before)))),
		right: sort(all.filter((one) => !isOpen(one.cell.state) && one.before !== null && isOpen(one.before))),
	};
}

/** By numbers as people count: 9.3.2 before 9.10. */
const collator = new Intl.Collator("en-GB", { numeric: true });
export const order = (a: string, b: string): number => collator.compare(a, b);

/** Why a cell is as it is, in a few words. */
export function inWords(cell: Pick<Cell, "state" | "reason" | "failing" | "first_failed_at">, meanings: Record<string, string>): string {
	if (cell.failing > 0) return `${count(cell.failing, "record fails", "records fail")}${cell.first_failed_at ? `, since ${day(cell.first_failed_at)}` : ""}`;
	if (cell.reason) return meanings[cell.reason] ?? cell.reason;
	return "";
}

/** The months from one day to another, the newest first, as 2026-03. */
export function months(from: string, to: string): string[] {
	const all: string[] = [];
	for (let [year, month] = to.split("-").map(Number) as [number, number]; ; ) {
		const one = `${year}-${String(month).padStart(2, "0")}`;
		if (one < from.slice(0, 7) || all.length >= 1200) return all;
		all.push(one);
		if (--month === 0) [year, month] = [year - 1, 12];
	}
}
