// Filters as docs/list.md has them: what is typed, what stands in an address, and the parts that chips are made of.

import type { Field, Register } from "./catalogue";
import { fieldsOf } from "./catalogue";
import { words } from "./format";

export type Sign = "=" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "!~";

export interface Term {
	/** A field, or `list.part`. */
	field: string;
	sign: Sign;
	/** Any of them; "" is no value. */
	values: string[];
}

const found = /!=|!~|<=|>=|=|<|>|~/;

/** Parts a line at blanks that stand in no double quotes. */
function part(line: string): string[] {
	const parts: string[] = [];
	let quoted = false;
	let text = "";
	for (const c of line) {
		if (c === '"') quoted = !quoted;
		if (!quoted && /\s/.test(c)) {
			if (text) parts.push(text);
			text = "";
		} else text += c;
	}
	return text ? [...parts, text] : parts;
}

function valuesOf(text: string): string[] {
	const values: string[] = [];
	let rest: string | null = text;
	while (rest !== null) {
		const quoted: RegExpExecArray | null = /^"((?:[^"]|"")*)"(?:,|$)/.exec(rest);
		const whole: string = quoted ? quoted[0] : (/^[^,]*,?/.exec(rest)?.[0] ?? "");
		const ends: boolean = whole.length === rest.length && !whole.endsWith(",");
		values.push(quoted ? (quoted[1] ?? "").replaceAll('""', '"') : whole.replace(/,$/, ""));
		rest = ends ? null : rest.slice(whole.length);
	}
	return values;
}

/** The terms of a line. What is no term is left out: the server says what is wrong with it. */
export function parse(line: string): Term[] {
	const terms: Term[] = [];
	for (const text of part(line)) {
		const sign = found.exec(text);
		if (sign && sign.index > 0)
			terms.push({ field: text.slice(0, sign.index), sign: sign[0] as Sign, values: valuesOf(text.slice(sign.index + sign[0].length)) });
	}
	return terms;
}

const quote = (value: string): string => (/[",\s]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

export const print = (terms: Term[]): string => terms.map((term) => term.field + term.sign + term.values.map(quote).join(",")).join(" ");

/** All that a register can be asked for by. */
export function askable(register: Register): Field[] {
	const id: Field = { name: "id", label: "Number", help: `As ${register.prefix}-1042.`, type: "text", required: false, sortable: true };
	return [
		id,
		...fieldsOf(register).flatMap((field) =>
			field.type === "list" ? (field.fields ?? []).map((item) => ({ ...item, name: `${field.name}.${item.name}`, label: `${field.label}: ${item.label}` })) : [field],
		),
	];
}

const ordered: Sign[] = ["=", "!=", "<", "<=", ">", ">="];

/** The signs that a field takes. */
export function signsOf(field: Field): Sign[] {
	if (field.name === "id") return ["=", "!="];
	if (field.type === "text" || field.type === "file") return ["~", "!~", ...ordered];
	return ["integer", "decimal", "date", "instant"].includes(field.type) ? ordered : ["=", "!="];
}

/** "is", "before": how a sign reads for a field. */
export function signWords(field: Field, sign: Sign): string {
	const dates = field.type === "date" || field.type === "instant";
	const set = field.type === "words" || field.type === "references";
	switch (sign) {
		case "=":
			return set ? "has" : "is";
		case "!=":
			return set ? "has not" : "is not";
		case "~":
			return "contains";
		case "!~":
			return "does not contain";
		case "<":
			return dates ? "before" : "less than";
		case "<=":
			return dates ? "on or before" : "at most";
		case ">":
			return dates ? "after" : "more than";
		case ">=":
			return dates ? "on or after" : "at least";
	}
}

/** A value as people read it; references are told by whoever knows their keys. */
export function valueWords(field: Field, value: string): string {
	if (value === "") return "no value";
	if (field.type === "boolean") return value === "true" ? "yes" : "no";
	return field.type === "word" || field.type === "words" ? words(value) : value;
}

/** "-created_at" as the order of one field, and the other way round on a second click; then the list's own. */
export function nextSort(sort: string | null, field: string): string | null {
	if (sort === field) return `-${field}`;
	return sort === `-${field}` ? null : field;
}
