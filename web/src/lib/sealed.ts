// What an entry of the ledger says of a version of a record, beside what the server tells of that version.

import { fieldsOf, type Field, type Register } from "./catalogue";
import { isReference, type Values } from "./values";

export interface Line {
	label: string;
	sealed: string;
	told: string;
	/** Null where the two cannot be compared: only a salted hash was sealed. */
	same: boolean | null;
}

interface Entry {
	by: string;
	feed: string;
	fields: Record<string, unknown>;
	id: number;
	key: string;
	organisation: number;
	recorded_from: number;
	register: string;
	row_version: number;
	retired?: boolean;
	state?: string;
}

/** The number in a record's name, of the one that the ledger keeps: the low 40 bits. */
const numberOf = (id: number): number => id % 2 ** 40;
const numberIn = (name: string): number => Number(name.split("-").pop());

/** A value as the ledger keeps it. */
function kept(field: Field, value: unknown): unknown {
	if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return null;
	if (isReference(value)) return numberIn(value.id);
	if (field.type === "boolean") return value ? 1 : 0;
	if (field.type === "words") return JSON.stringify(value);
	if (field.type === "references") return (value as unknown[]).map((one) => kept({ ...field, type: "reference" }, one));
	if (field.type === "list") {
		const parts = field.fields ?? [];
		return (value as Values[]).map((item) => (parts.length > 1 ? parts.map((part) => kept(part, item[part.name])) : kept(parts[0]!, item[parts[0]!.name])));
	}
	return value;
}

/** References stand as numbers of all registers; those in names are of one. */
function read(field: Field, value: unknown): unknown {
	if (value === undefined || value === null) return null;
	if (field.type === "reference") return numberOf(value as number);
	if (field.type === "references") return (value as number[]).map(numberOf);
	if (field.type === "list") {
		const parts = field.fields ?? [];
		return (value as unknown[]).map((item) => (Array.isArray(item) ? item.map((one, i) => read(parts[i]!, one)) : read(parts[0]!, item)));
	}
	return value;
}

const text = (value: unknown): string => (value === null || value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value));

export function compare(entry: string, told: Values, register: Register): Line[] {
	const sealed = JSON.parse(entry) as Entry;
	const line = (label: string, a: unknown, b: unknown): Line => ({ label, sealed: text(a), told: text(b), same: text(a) === text(b) });
	const lines = [
		line("Register", sealed.register, register.name),
		line("Number", numberOf(sealed.id), numberIn(String(told["id"]))),
		line("Version", sealed.row_version, told["row_version"]),
		line("Key", sealed.key, told["key"]),
		line("Organisation", numberOf(sealed.organisation), isReference(told["organisation"]) ? numberIn(told["organisation"].id) : null),
		line("State", sealed.state ?? null, told["state"] ?? null),
		line("Source", sealed.feed, told["feed"]),
		line("Recorded by", sealed.by, told["recorded_by"]),
		line("Recorded", new Date(sealed.recorded_from).toISOString(), new Date(String(told["recorded_from"])).toISOString()),
		line("Retired", sealed.retired ?? false, told["retired"] ?? false),
	];
	const own = new Set(register.fields.map((field) => field.name));
	for (const field of fieldsOf(register).filter((one) => own.has(one.name))) {
		const [is, was] = [sealed.fields[field.name], told[field.name]];
		const salted = register.restricted && typeof is === "string" && is.startsWith("sha256:");
		if (is === undefined && kept(field, was) === null) continue;
		if (salted) lines.push({ label: field.label, sealed: is, told: text(kept(field, was)), same: null });
		else lines.push(line(field.label, read(field, is), kept(field, was)));
	}
	// What the register does not have any more was sealed nonetheless.
	for (const name of Object.keys(sealed.fields)) if (!own.has(name)) lines.push({ label: name, sealed: text(sealed.fields[name]), told: "", same: null });
	return lines;
}
