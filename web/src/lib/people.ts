// What all registers say of one person, or of any record: those that refer to it, register by register.

import { get, type Schemas } from "./api";
import { catalogue, fieldsOf, type Field, type Register } from "./catalogue";
import type { RecordsPage, Row } from "./listing.svelte";

export interface Said {
	register: Register;
	/** The field by which the records refer to the person, as people read it. */
	by: string;
	filter: string;
	rows: Row[];
	total: number;
	exact: boolean;
	/** What a row shows. */
	columns: Field[];
}

const most = 20;

/** States that nothing leads on from: what is in one of them is over. */
export function ends(register: Register): Set<string> {
	const left = new Set(register.transitions.map((one) => one.from));
	return new Set(left.size === 0 ? [] : register.states.filter((state) => !left.has(state)));
}

/** A few fields that tell most: words, dates and references, those that must be there first. */
function columnsOf(register: Register, by: string): Field[] {
	const rank = (field: Field) => Number(field.required) * 4 + ["word", "date", "instant", "reference", "boolean", "text"].indexOf(field.type) / -10;
	const plain = register.fields.filter((field) => field.name !== by && !["list", "references", "words", "file"].includes(field.type));
	return [...plain].sort((a, b) => rank(b) - rank(a)).slice(0, 4);
}

/** Where records refer to one, register by register, each with the field by which they do as people read it. */
export async function relatedTo(id: string, asOf: string | null, signal: AbortSignal): Promise<(Schemas["related"] & { by: string })[]> {
	const { related } = await get<Schemas["related_list"]>(`/records/${encodeURIComponent(id)}/related`, { as_of: asOf }, signal);
	return related
		.map((one) => ({ ...one, by: one.part_label ? `${one.label}: ${one.part_label}` : one.label }))
		.sort((a, b) => a.title.localeCompare(b.title) || a.by.localeCompare(b.by));
}

async function look(one: Schemas["related"] & { by: string }, asOf: string | null, signal: AbortSignal): Promise<Said> {
	const register = await catalogue.register(one.register);
	const columns = columnsOf(register, one.field);
	const names = ["key", ...(register.states.length > 0 ? ["state"] : []), ...columns.map((column) => column.name)].join(",");
	const page = await get<RecordsPage>(`/registers/${register.name}/records`, { filter: one.filter, fields: names, limit: most, as_of: asOf }, signal);
	const state = fieldsOf(register).find((found) => found.name === "state");
	return {
		register,
		by: one.by,
		filter: one.filter,
		rows: page.records,
		total: Math.max(one.total, page.records.length),
		exact: one.total_is_exact,
		columns: state ? [state, ...columns] : columns,
	};
}

/** Those that nobody but Holdfast writes are left out: they tell of the person's records themselves. */
export async function saidOf(id: string, asOf: string | null, signal: AbortSignal): Promise<Said[]> {
	const kernel = new Set((await catalogue.registers()).filter((one) => one.kernel).map((one) => one.name));
	const related = (await relatedTo(id, asOf, signal)).filter((one) => !kernel.has(one.register));
	return (await Promise.all(related.map((one) => look(one, asOf, signal)))).filter((said) => said.rows.length > 0);
}
