// Instants as people write them, in the plan's time zone, and as they are kept, in UTC.

import { planZone } from "./format";

const parts = (at: number, zone: string): string => {
	const text = new Intl.DateTimeFormat("sv-SE", {
		timeZone: zone,
		year: "numeric",
		month: "2-digit",
		day: "2-digit",
		hour: "2-digit",
		minute: "2-digit",
		second: "2-digit",
	}).format(at);
	return text.replace(" ", "T");
};

/** 2026-07-01T12:00:00Z as 2026-07-01T13:00:00 of London. */
export function local(instant: string, zone: string = planZone()): string {
	const at = Date.parse(instant);
	return Number.isNaN(at) ? "" : parts(at, zone);
}

/** The other way round. An hour that comes twice is the first one; one that there is not is moved on, as clocks are. */
export function instant(civil: string, zone: string = planZone()): string | null {
	const wanted = Date.parse(`${civil.length === 16 ? `${civil}:00` : civil}Z`);
	if (Number.isNaN(wanted)) return null;
	const told = (at: number) => Date.parse(`${parts(at, zone)}Z`);
	const offsets = [-1, 1].map((side) => told(wanted + side * 86400000) - (wanted + side * 86400000));
	const exact = offsets.map((offset) => wanted - offset).filter((at) => told(at) === wanted);
	const at = exact.length > 0 ? Math.min(...exact) : wanted - (offsets[0] ?? 0);
	return new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
}
