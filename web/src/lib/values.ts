// Values of records: as the server tells them, as forms hold them, and as they are sent.

import type { Schemas } from "./api";
import type { Field } from "./catalogue";
import { civil, day, time, title } from "./format";

export type Reference = Schemas["reference"];
export type Values = Record<string, unknown>;

export const isReference = (value: unknown): value is Reference => typeof value === "object" && value !== null && "id" in value && "key" in value;

export const referenceWords = (of: Reference): string => of.key ?? of.id;

/** A value on one line, for lists and differences. */
export function line(field: Field, value: unknown): string {
	if (value === null || value === undefined || value === "") return "";
	if (Array.isArray(value)) {
		if (field.type === "list") return value.length === 0 ? "" : `${value.length} ${value.length === 1 ? "row" : "rows"}`;
		return value.map((item) => (isReference(item) ? referenceWords(item) : String(item))).join(", ");
	}
	if (isReference(value)) return referenceWords(value);
	switch (field.type) {
		case "boolean":
			return value ? "Yes" : "No";
		case "date":
			return civil(String(value));
		case "instant":
			return `${day(String(value))}, ${time(String(value))}`;
		case "word":
			return title(String(value));
		default:
			return String(value);
	}
}

/** As it is sent, null where there is none. Two values are the same when these are. */
export function plain(field: Field, value: unknown): unknown {
	if (value === undefined || value === null || value === "") return null;
	if (isReference(value)) return value.id;
	if (!Array.isArray(value)) {
		if (field.type === "integer" && typeof value === "string" && /^-?\d{1,15}$/.test(value.trim())) return Number(value);
		return value;
	}
	if (field.type === "list")
		return value.map((item) => {
			const told: Values = {};
			for (const part of field.fields ?? []) told[part.name] = plain(part, (item as Values)[part.name]);
			return told;
		});
	const items = value.map((item) => (isReference(item) ? item.id : item)).filter((item) => item !== "" && item !== null);
	return field.type === "words" ? items.map(String).sort() : items;
}

export function same(field: Field, a: unknown, b: unknown): boolean {
	const empty = (value: unknown) => value === null || (Array.isArray(value) && value.length === 0);
	const [one, other] = [plain(field, a), plain(field, b)];
	return (empty(one) && empty(other)) || JSON.stringify(one) === JSON.stringify(other);
}

/** For a form to change, apart from what it came from. */
export const copy = <T>(value: T): T => (value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T));
