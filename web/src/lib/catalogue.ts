// What the plan describes: registers, sections, obligations, roles. It changes only when another plan is served, so each is asked for
// once for a moment of the past.

import { get, type Schemas } from "./api";
import { router } from "./router.svelte";

export type Register = Schemas["register"];
export type RegisterHead = Schemas["register_head"];
export type Field = Schemas["field"];
export type Obligation = Schemas["obligation"];
export type Section = Schemas["section"];
export type Parameter = Schemas["parameter"];
export type Plan = Schemas["plan"];

const asked = new Map<string, Promise<unknown>>();

const named = (path: string): string => `${path} ${router.asOf ?? ""}`;

function once<T>(path: string): Promise<T> {
	const asOf = router.asOf;
	const key = named(path);
	let promise = asked.get(key) as Promise<T> | undefined;
	if (!promise) {
		promise = get<T>(path, { as_of: asOf });
		promise.catch(() => asked.delete(key));
		asked.set(key, promise);
	}
	return promise;
}

export const catalogue = {
	plan: () => once<Plan>("/plan"),
	registers: async () => (await once<Schemas["registers"]>("/registers")).registers,
	register: (name: string) => once<Register>(`/registers/${encodeURIComponent(name)}`),
	sections: async () => (await once<Schemas["sections"]>("/plan/sections")).sections,
	obligations: async () => (await once<Schemas["obligations"]>("/plan/obligations")).obligations,
	/** One that came with the others is not asked for by itself. */
	obligation: async (id: string) => {
		const among = asked.has(named("/plan/obligations")) ? (await catalogue.obligations()).find((one) => one.id === id) : undefined;
		return among ?? once<Obligation>(`/plan/obligations/${encodeURIComponent(id)}`);
	},
	parameters: async () => (await once<Schemas["parameters"]>("/plan/parameters")).parameters,
	roles: async () => (await once<Schemas["roles"]>("/plan/roles")).roles,
};

const own = (name: string, label: string, help: string, type: Field["type"], sortable = false): Field => ({ name, label, help, type, required: false, sortable });

/** All that a record of the register has, in the order in which people read it. */
export function fieldsOf(register: Register): Field[] {
	const state = register.states.length > 0 ? [{ ...own("state", "State", "", "word"), words: register.states }] : [];
	return [
		own("key", "Key", "Names the record within its organisation.", "text", true),
		{ ...own("organisation", "Organisation", "Whose record it is.", "reference"), to: ["organisation"] },
		...state,
		...register.fields,
		own("feed", "Source", "What delivered it.", "text"),
		own("recorded_from", "Recorded", "When this version was recorded.", "instant"),
		own("row_version", "Version", "How often it was recorded.", "integer"),
	];
}

export function fieldOf(register: Register, name: string): Field | undefined {
	return fieldsOf(register).find((field) => field.name === name);
}

export const may = (register: RegisterHead, what: "read" | "add" | "change" | "retire" | "import" | "export"): boolean => register.may.includes(what);

/** The register that a record's name is of: INC-12. */
export async function registerOf(record: string): Promise<Register | undefined> {
	const head = (await catalogue.registers()).find((one) => one.prefix === record.split("-")[0]);
	return head && catalogue.register(head.name);
}
