// What all registers say of one person, or of any record: those that refer to it, register by register.

import { get } from "./api";
import { catalogue, fieldsOf, may, type Field, type Register } from "./catalogue";
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
const lanes = 4;

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

async function look(one: Register["referrers"][number], id: string, asOf: string | null, signal: AbortSignal): Promise<Said | null> {
	const register = await catalogue.register(one.register);
	const field = register.fields.find((found) => found.name === one.field);
	if (!field || !may(register, "read")) return null;
	const part = field.fields?.find((found) => found.name === one.part);
	const filter = `${one.field}${one.part ? `.${one.part}` : ""}=${id}`;
	const columns = columnsOf(register, one.field);
	const names = ["key", ...(register.states.length > 0 ? ["state"] : []), ...columns.map((column) => column.name)].join(",");
	const page = await get<RecordsPage>(`/registers/${register.name}/records`, { filter, fields: names, limit: most, as_of: asOf }, signal);
	if (page.records.length === 0) return null;
	const state = fieldsOf(register).find((found) => found.name === "state");
	return {
		register,
		by: part ? `${field.label}: ${part.label}` : field.label,
		filter,
		rows: page.records,
		total: page.total,
		exact: page.total_is_exact,
		columns: state ? [state, ...columns] : columns,
	};
}

/** Asks a few registers at a time. Those that nobody but Holdfast writes are left out: they tell of the person's records themselves. */
export async function saidOf(id: string, of: Register, asOf: string | null, signal: AbortSignal): Promise<Said[]> {
	const kernel = new Set((await catalogue.registers()).filter((one) => one.kernel).map((one) => one.name));
	const left = of.referrers.filter((one) => !kernel.has(one.register));
	const found: Said[] = [];
	await Promise.all(
		Array.from({ length: lanes }, async () => {
			for (let one = left.shift(); one; one = left.shift()) {
				const said = await look(one, id, asOf, signal);
				if (said) found.push(said);
			}
		}),
	);
	return found.sort((a, b) => a.register.title.localeCompare(b.register.title) || a.by.localeCompare(b.by));
}
