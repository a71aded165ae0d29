// What a duty and its cells say, in words, and what is to be done about them.

import type { Obligation, Parameter } from "./catalogue";
import { count, day, month, number, words } from "./format";
import type { Cell } from "./posture";
import { reasonMeaning } from "./states";

export const cadenceWords: Record<Obligation["cadence"], string> = {
	continuous: "at all times",
	daily: "every day",
	monthly: "every month",
	quarterly: "every quarter",
	annual: "every year",
	event: "whenever it happens",
	as_scheduled: "as scheduled",
	once: "once",
};

export const proofWords: Record<Obligation["proof"], string> = {
	computed: "By the records: a check reads them and finds those that break it.",
	evidence: "By evidence for each period, which somebody else accepts, and by a check of the records.",
	attested: "By a statement for each period, which somebody else accepts.",
};

/** "November 2026" of 2026-11; other periods are named as they are. */
export const periodWords = (period: string): string => (/^\d{4}-\d{2}$/.test(period) ? month(period) : period);

/** Its first day. */
export function periodFrom(period: string): string {
	const [year = "", part = "01"] = period.split("-");
	const first = part.startsWith("Q") ? String(Number(part.slice(1)) * 3 - 2).padStart(2, "0") : part;
	return `${year}-${first}-01`;
}

/** Its last day. */
export function periodTo(period: string): string {
	const [year, month] = periodFrom(period).split("-").map(Number) as [number, number];
	const months = !period.includes("-") ? 12 : period.includes("Q") ? 3 : 1;
	return new Date(Date.UTC(year, month - 1 + months, 0)).toISOString().slice(0, 10);
}

/** Whether it waits for deliveries that are to be listed. */
export const deliveriesFor = (duty: Obligation, cell: Cell): boolean => cell.reason === "stale_feed" && duty.feeds.length > 0;

const reasonWords = (reason: string): string => (reason === "failing" ? "records broke it" : (reasonMeaning[reason] ?? words(reason)));

function failing(cell: Cell): string {
	const of = cell.tested > 0 ? `${number(cell.failing)} of ${count(cell.tested, "record")}` : count(cell.failing, "record");
	const breaks = cell.failing === 1 ? "breaks" : "break";
	return `${of} ${breaks} the duty${cell.first_failed_at ? `, the first since ${day(cell.first_failed_at)}` : ""}.`;
}

/** Why the cell is in its state. */
export function whyCell(cell: Cell): string {
	switch (cell.state) {
		case "failing":
			return failing(cell);
		case "missed":
			return `The period ended and the duty was not proven${cell.reason ? `: ${reasonWords(cell.reason)}` : ""}.${cell.failing > 0 ? ` ${failing(cell)}` : ""}`;
		case "unproven":
			return cell.reason ? `It cannot be proven: ${reasonWords(cell.reason)}.` : "Nothing shows that the duty is met.";
		case "proven":
			return cell.tested > 0 ? `All of ${count(cell.tested, "record")} that it is about keep to it.` : "Accepted evidence shows that the duty is met.";
		case "waived":
			return `It is tolerated for a time${cell.reason ? `, by ${cell.reason}` : ""}.`;
		case "quiet":
			return "Nothing happened in the period that the duty has to answer.";
		case "not_applicable":
			return `It was decided that the duty does not bind here${cell.reason ? `: ${cell.reason}` : ""}.`;
	}
}

/** How long it failed within the period, and a proof that came late. */
export function courseOf(cell: Cell): string[] {
	const said: string[] = [];
	if (cell.failed_hours > 0) {
		const hours = cell.failed_hours;
		said.push(`In this period it failed for ${hours < 48 ? count(hours, "hour") : count(Math.round(hours / 24), "day")}.`);
	}
	if (cell.proven_late_at) said.push(`It was proven late, on ${day(cell.proven_late_at)}; that it was missed stays on record.`);
	return said;
}

/** What is to be done next. */
export function nextFor(cell: Cell, duty: Obligation): string {
	switch (cell.state) {
		case "failing":
			return "Open each record below and put right what its reason says, or have it put right where it comes from and delivered again. The duty is decided anew as soon as a record changes. What cannot be mended in time needs a waiver.";
		case "missed":
			return cell.proven_late_at
				? "Nothing: it has been proven since. See that the period under way is proven in time."
				: "This period cannot become proven any more. Mend what broke it, so that a late proof stands beside it, and see that the period under way is proven in time.";
		case "unproven":
			if (cell.reason === "stale_feed") return "Ask for the deliveries below that are too old. The duty is decided as soon as they are taken in.";
			if (cell.reason === "no_evidence") return "Give evidence for the period: a file or a statement. Somebody else accepts it.";
			if (cell.reason === "awaiting_review") return "Somebody other than whoever gave the evidence looks at it and accepts or rejects it.";
			if (cell.reason === "empty_scope")
				return `Deliver the records that the duty is about${duty.applies_to ? ` (${words(duty.applies_to)})` : ""}, or have it decided that it does not apply here.`;
			if (cell.reason === "check_error") return "The check itself is at fault: whoever keeps the plan finds the error in the last assessment.";
			return "Deliver the records or give the evidence that shows it.";
		case "waived":
			return "Mend it before the waiver ends: then it fails again.";
		case "proven":
			return "Nothing. It is decided anew whenever a record that it reads changes.";
		case "quiet":
			return "Nothing, until something happens that it has to answer.";
		case "not_applicable":
			return "Nothing, as long as the decision stands.";
	}
}

/** The figures of the plan that a check reads. */
export function figuresOf(sql: string | null, parameters: Parameter[]): Parameter[] {
	const named = new Set([...(sql ?? "").matchAll(/:([a-z_][a-z0-9_]*)/g)].map((found) => found[1]));
	return parameters.filter((one) => named.has(one.name));
}

export function figure(one: Parameter): string {
	if (one.number !== null) return `${number(one.number)} ${one.number === 1 ? one.unit.replace(/s$/, "") : one.unit}`;
	return one.text ?? one.words.join(", ");
}
