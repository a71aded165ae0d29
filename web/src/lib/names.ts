// Records by their names and keys: what INC-12 is called, and which ones fit what somebody types.

import { get, type Schemas } from "./api";
import { registerOf } from "./catalogue";
import type { RecordsPage } from "./listing.svelte";
import type { Reference } from "./values";

const known = new Map<string, Promise<string>>();

/** The key of a record, or its name where it has none any more. */
export function keyOf(id: string): Promise<string> {
	if (!/^[A-Z]+-\d+$/.test(id)) return Promise.resolve(id);
	let key = known.get(id);
	if (!key) {
		key = get<{ key: string }>(`/records/${encodeURIComponent(id)}`, { fields: "key" }).then(
			(record) => record.key,
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
		name = (async () => {
			const field = (await registerOf(id))?.named_by;
			const record = await get<Record<string, string | null>>(`/records/${encodeURIComponent(id)}`, { fields: field ? `key,${field}` : "key" });
			return (field && record[field]) || record["key"] || id;
		})().catch(() => id);
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
