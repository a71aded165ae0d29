// What the plan describes: registers, sections, obligations, roles. It changes only when another plan is served, so each is asked for
// once for a moment of the past.

import { get, type Schemas } from "./api";
import { router } from "./router.svelte";

export type Register = Schemas["register"];
export type RegisterHead = Schemas["register_head"];
export type Field = Schemas["field"];
export type Obligation = Schemas["obligation"];
export type Section = Schemas["section"];
export type Plan = Schemas["plan"];

const asked = new Map<string, Promise<unknown>>();

function once<T>(path: string): Promise<T> {
	const asOf = router.asOf;
	const key = `${path} ${asOf ?? ""}`;
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
	obligation: (id: string) => once<Obligation>(`/plan/obligations/${encodeURIComponent(id)}`),
	roles: async () => (await once<Schemas["roles"]>("/plan/roles")).roles,
};

/** The fields that every record has beside those of its register. */
export const common: Field[] = [
	{ name: "key", label: "Key", help: "Names the record within its organisation.", type: "text", required: false, sortable: true },
	{ name: "organisation", label: "Organisation", help: "Whose record it is.", type: "reference", required: true, sortable: false, to: ["organisation"] },
	{ name: "state", label: "State", help: "", type: "word", required: false, sortable: false },
];

/** A field of a register by its name, its common ones too. */
export function fieldOf(register: Register, name: string): Field | undefined {
	const field = [...common, ...register.fields].find((f) => f.name === name);
	return field?.name === "state" ? { ...field, words: register.states } : field;
}
