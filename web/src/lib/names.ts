// Records by their names and keys: what INC-12 is called, and which ones fit what somebody types.

import { get, type Schemas } from "./api";
import { registerOf, type Register } from "./catalogue";
import type { RecordsPage, Row } from "./listing.svelte";
import type { Reference } from "./values";

/** What waits to be asked for, by register: all that comes at one moment is one request. */
const waiting = new Map<string, { ids: string[]; rows: Promise<Map<string, Row>> }>();
const together = 50;

async function rowsOf(register: Register, ids: string[]): Promise<Map<string, Row>> {
	await new Promise((done) => setTimeout(done));
	waiting.delete(register.name);
	const page = await get<RecordsPage>(`/registers/${register.name}/records`, {
		filter: `id=${ids.join(",")}`,
		fields: register.named_by ? `key,${register.named_by}` : "key",
		limit: together,
	});
	return new Map(page.records.map((row) => [row.id, row]));
}

/** A record's key, and what its register names records by. */
async function look(id: string): Promise<{ key: string | null; name: string | null }> {
	const register = await registerOf(id);
	if (!register) return { key: null, name: null };
	let asked = waiting.get(register.name);
	if (!asked || asked.ids.length === together) {
		const ids: string[] = [];
		waiting.set(register.name, (asked = { ids, rows: rowsOf(register, ids) }));
	}
	asked.ids.push(id);
	const row = (await asked.rows).get(id) as Record<string, string | null> | undefined;
	return { key: row?.["key"] ?? null, name: (register.named_by && row?.[register.named_by]) || null };
}

const known = new Map<string, Promise<string>>();

/** The key of a record, or its name where it has none any more. */
export function keyOf(id: string): Promise<string> {
	if (!/^[A-Z]+-\d+$/.test(id)) return Promise.resolve(id);
	let key = known.get(id);
	if (!key) {
		key = look(id).then(
			(record) => record.key ?? id,
			() => id,
		);
		known.set(id, key);
	}
	return key;
}

const names = new Map<string, Promise<string>>();

/** What people call a record, by the field that its register names them by; its number where whoever asks may not see it. */
export function called(id: string): Promise<string> {
	let name = names.get(id);
	if (!name) {
		name = look(id).then(
			(record) => record.name ?? record.key ?? id,
			() => id,
		);
		names.set(id, name);
	}
	return name;
}

export interface Choice extends Reference {
	title: string | null;
}

async function begin(register: string, signal: AbortSignal): Promise<Choice[]> {
	const page = await get<RecordsPage>(`/registers/${register}/records`, { fields: "key", sort: "key", limit: 12 }, signal);
	return page.records.map((row) => ({ id: row.id, register, key: String(row["key"]), title: null }));
}

/** Records of these registers that have the words; a few of them where there are none yet. */
export async function choices(registers: string[], words: string, signal: AbortSignal): Promise<Choice[]> {
	const few = registers.length <= 3;
	if (!words) return few ? (await Promise.all(registers.map((one) => begin(one, signal)))).flat() : [];
	const ask = (register: string | null) => get<Schemas["search"]>("/search", { q: words, register, limit: 12 }, signal);
	const pages = await Promise.all(few ? registers.map(ask) : [ask(null)]);
	return pages.flatMap((page) => page.hits).filter((hit) => registers.includes(hit.register));
}
