// Months as weeks, and what is due on their days. Dates are civil dates of the plan's time zone.

import { get, type Schemas } from "./api";
import { addDays, count, daysBetween } from "./format";

export type Entry = Schemas["calendar_entry"];
export type DueState = Entry["state"];

/** What is worst first. */
export const dueStates: DueState[] = ["late", "due", "met"];
export const dueWords: Record<DueState, string> = { late: "Late", due: "Due", met: "Met" };
/** Told by the shape as well as by the word. */
export const dueShapes: Record<DueState, string> = { late: "▲", due: "○", met: "✓" };

export const monthOf = (date: string): string => date.slice(0, 7);
export const isMonth = (text: string | null): text is string => /^[1-9]\d{3}-(0[1-9]|1[0-2])$/.test(text ?? "");

/** 2027-01 is one after 2026-12. */
export function monthAfter(month: string, by: number): string {
	const at = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + by;
	return `${String(Math.floor(at / 12)).padStart(4, "0")}-${String((at % 12) + 1).padStart(2, "0")}`;
}

/** The weeks that have a day of the month, from Monday on; days of the months beside it are among them. */
export function weeksOf(month: string): string[][] {
	const first = `${month}-01`;
	const weekday = (new Date(`${first}T00:00:00Z`).getUTCDay() + 6) % 7;
	const weeks: string[][] = [];
	for (let day = addDays(first, -weekday); day < `${monthAfter(month, 1)}-01`; day = addDays(day, 7)) {
		weeks.push(Array.from({ length: 7 }, (_, i) => addDays(day, i)));
	}
	return weeks;
}

/** One duty, of all organisations that it is due for on a day; or one record. */
export interface Item {
	id: string;
	entries: Entry[];
	/** The worst. */
	state: DueState;
	open: number;
}

export interface Day {
	date: string;
	items: Item[];
	counts: Record<DueState, number>;
}

function dayOf(date: string, entries: Entry[]): Day {
	const found = new Map<string, Entry[]>();
	for (const entry of entries) {
		const id = entry.obligation ?? `${entry.record} ${entry.field}`;
		found.set(id, [...(found.get(id) ?? []), entry]);
	}
	const worst = (all: Entry[]) => dueStates.find((state) => all.some((one) => one.state === state)) ?? "met";
	const items = [...found].map(([id, all]) => ({ id, entries: all, state: worst(all), open: all.filter((one) => one.state !== "met").length }));
	// What is equal stays in the order of the plan, or of its time.
	items.sort((a, b) => dueStates.indexOf(a.state) - dueStates.indexOf(b.state));
	const counts = { late: 0, due: 0, met: 0 };
	for (const item of items) counts[item.state]++;
	return { date, items, counts };
}

export interface Calendar {
	today: string;
	days: Map<string, Day>;
	/** Days on which more is due than is told. */
	leavesOut: boolean;
}

const most = 500;

export async function calendarOf(from: string, to: string, scope: "mine" | "all", signal: AbortSignal): Promise<Calendar> {
	const byDay = new Map<string, Entry[]>();
	let page: Schemas["calendar"] | undefined;
	let leavesOut = false;
	do {
		page = await get<Schemas["calendar"]>("/calendar", { from, to, scope, limit: most, after: page?.next }, signal);
		leavesOut ||= page.leaves_out;
		for (const entry of page.entries) {
			const before = byDay.get(entry.day);
			if (before) before.push(entry);
			else byDay.set(entry.day, [entry]);
		}
	} while (page.next);
	return { today: page.today, days: new Map([...byDay].map(([date, entries]) => [date, dayOf(date, entries)])), leavesOut };
}

/** "today", "in 3 days", "5 days ago". */
export function whenIs(date: string, today: string): string {
	const days = daysBetween(today, date);
	if (days === 0) return "today";
	const many = count(Math.abs(days), "day");
	return days > 0 ? `in ${many}` : `${many} ago`;
}
