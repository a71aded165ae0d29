// How values read. Days and times are in the plan's time zone, whatever the browser's own is.

import { now } from "./clock";

let zone = "Europe/London";
export function useZone(name: string): void {
	zone = name;
	dayFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: zone });
	timeFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone, hourCycle: "h23" });
	isoFormat = new Intl.DateTimeFormat("sv-SE", { timeZone: zone });
}
export const planZone = (): string => zone;

let dayFormat: Intl.DateTimeFormat;
let timeFormat: Intl.DateTimeFormat;
let isoFormat: Intl.DateTimeFormat;
const civilFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const monthFormat = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });
useZone(zone);

/** "1 Mar 2026" of a civil date, which has no time zone. */
export function civil(date: string): string {
	const at = Date.parse(`${date}T00:00:00Z`);
	return Number.isNaN(at) ? date : civilFormat.format(at);
}

const longFormat = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

/** "Sunday 1 March 2026" of a civil date. */
export const longDay = (date: string): string => longFormat.format(Date.parse(`${date}T00:00:00Z`));

/** "March 2026" of 2026-03 or of any day in it. */
export function month(date: string): string {
	const at = Date.parse(`${date.slice(0, 7)}-01T00:00:00Z`);
	return Number.isNaN(at) ? date : monthFormat.format(at);
}

/** The civil date in the plan's zone of an instant. */
export const dayOf = (instant: string | number | Date): string => isoFormat.format(new Date(instant));
/** The day that is looked at: of the past, or the one that it is for the server. */
export const today = (asOf: string | null = null): string => asOf?.slice(0, 10) ?? dayOf(now());
export const day = (instant: string): string => dayFormat.format(new Date(instant));
export const time = (instant: string): string => timeFormat.format(new Date(instant));
/** What stands beside what is told in the plan's zone. */
export const utc = (instant: string): string => `${instant.replace("T", " ").replace(/(\.\d+)?Z$/, "")} UTC`;

/** The civil date so many days later. */
export function addDays(date: string, days: number): string {
	return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86400000).toISOString().slice(0, 10);
}

export function daysBetween(from: string, to: string): number {
	return Math.round((Date.parse(`${to.slice(0, 10)}T00:00:00Z`) - Date.parse(`${from.slice(0, 10)}T00:00:00Z`)) / 86400000);
}

const numbers = new Intl.NumberFormat("en-GB");
export const number = (value: number): string => numbers.format(value);

/** "1 record", "2 records". */
export function count(value: number, one: string, many: string = `${one}s`): string {
	return `${number(value)} ${value === 1 ? one : many}`;
}

/** "since 3 days", as a person would say how long ago. */
export function ago(instant: string): string {
	const minutes = Math.round((now() - Date.parse(instant)) / 60000);
	if (minutes < 1) return "just now";
	if (minutes < 60) return `${count(minutes, "minute")} ago`;
	if (minutes < 48 * 60) return `${count(Math.round(minutes / 60), "hour")} ago`;
	return `${count(Math.round(minutes / 1440), "day")} ago`;
}

/** A word of the plan as people read it: "stale_feed" is "stale feed". */
export const words = (word: string): string => word.replaceAll("_", " ");

/** With a capital: "Stale feed". */
export function title(word: string): string {
	const text = words(word);
	return text.charAt(0).toUpperCase() + text.slice(1);
}
