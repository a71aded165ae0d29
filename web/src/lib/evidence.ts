// Evidence for a duty: which register takes it, and the form of it that is filled with what its cell knows.

import { catalogue, may, type Field, type Register } from "./catalogue";
import { periodFrom } from "./duty";
import { kinds } from "./kinds";
import type { Cell } from "./posture";

/** The registers whose records say which duty they are about, of those that whoever looks may read. Holdfast's own tell of cells, and not of what was done. */
export async function dutyRegisters(): Promise<Register[]> {
	const heads = (await catalogue.registers()).filter((head) => head.names_duty && !head.kernel && may(head, "read"));
	return Promise.all(heads.map((head) => catalogue.register(head.name)));
}

/** The steps by which evidence is accepted: those of roles that may do that. */
const accepting = (register: Register) => register.transitions.filter((step) => step.who.includes("accept_evidence"));

/** Where evidence for the cell is given, or null where whoever looks cannot. `person` gives it, and is not to accept it. */
export function evidenceHref(registers: Register[], cell: Cell, person: string | null, back: string): string | null {
	const register = registers.find((one) => accepting(one).length > 0 && may(one, "add"));
	if (!register) return null;
	const has = (name: string, type: Field["type"]) => register.fields.some((field) => field.name === name && field.type === type);
	const query = new URLSearchParams({ obligation: cell.obligation, organisation: cell.organisation ?? "" });
	if (/^\d/.test(cell.period) && has("period_from", "date") && has("period_to", "date")) {
		query.set("period_from", periodFrom(cell.period));
		query.set("period_to", cell.period_to);
	}
	const givers = new Set(accepting(register).flatMap((step) => step.not));
	for (const field of register.fields)
		if (person && givers.has(field.name) && field.type === "reference" && field.to?.includes(kinds.people)) query.set(field.name, person);
	query.set("back", back);
	return `/registers/${register.name}/new?${query}`;
}
