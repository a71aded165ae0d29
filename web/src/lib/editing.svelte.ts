// A form of a record: what is typed, what of it was changed, and saving it without losing anybody's work.

import { change, make, Problem, read, type Answer } from "./api";
import type { Field, Register } from "./catalogue";
import { fieldsOf } from "./catalogue";
import type { Row } from "./listing.svelte";
import { copy, plain, same, type Values } from "./values";

/** Somebody else saved the record meanwhile, and changed what is changed here too. */
export interface Conflict {
	theirs: Row;
	tag: string;
	/** Of what both changed. */
	fields: Field[];
	/** What they alone changed; it stays. */
	others: Field[];
	by: string;
}

/** What people fill in: not what a step of the state writes, nor what Holdfast does. */
export function formFields(register: Register): Field[] {
	const signed = new Set(register.transitions.flatMap((step) => [step.by, step.as]));
	return register.fields.filter((field) => !signed.has(field.name));
}

export class Editing {
	readonly register: Register;
	readonly fields: Field[];
	/** What it came from; null for a new record. */
	base = $state.raw<Row | null>(null);
	draft = $state<Values>({});
	busy = $state(false);
	problem = $state.raw<Problem | null>(null);
	conflict = $state.raw<Conflict | null>(null);
	/** That others changed other fields, and both stay. */
	note = $state("");
	#tag: string;
	/** What a new record begins with. */
	#given: Values;

	constructor(register: Register, base: Row | null, tag = "", begin: Values = {}) {
		this.register = register;
		this.#tag = tag;
		this.#given = begin;
		this.base = base;
		const all = fieldsOf(register);
		const head = all.filter((field) => field.name === "key" || field.name === "organisation");
		this.fields = base ? formFields(register) : [...head, ...formFields(register)];
		for (const field of this.fields) this.draft[field.name] = copy(base ? base[field.name] : begin[field.name]) ?? null;
	}

	get changed(): Field[] {
		return this.fields.filter((field) => !same(field, this.draft[field.name], this.base?.[field.name]));
	}

	/** What somebody would lose: not what stood there before he typed. */
	get typed(): Field[] {
		return this.base ? this.changed : this.changed.filter((field) => !same(field, this.draft[field.name], this.#given[field.name]));
	}

	/** What the server says of a field, or of a part of its rows. */
	problemOf(field: Field): string {
		const name = this.problem?.field;
		if (!name || !this.problem) return "";
		return name === field.name || name.startsWith(`${field.name}.`) || this.#owner(name) === field.name ? this.problem.message : "";
	}
	#owner(part: string): string | undefined {
		if (this.fields.some((field) => field.name === part)) return part;
		return this.fields.find((field) => field.fields?.some((one) => one.name === part))?.name;
	}
	/** What is wrong, where that is nothing of a field. */
	get common(): Problem | null {
		return this.problem && !this.fields.some((field) => this.problemOf(field)) ? this.problem : null;
	}

	#values(): Values {
		return Object.fromEntries(this.changed.map((field) => [field.name, plain(field, this.draft[field.name])]));
	}

	/** Gives the record as it is then; null where there is something to put right first. */
	async save(): Promise<Row | null> {
		this.busy = true;
		this.problem = null;
		try {
			if (!this.base) return (await make<Row>(`/registers/${this.register.name}/records`, this.#values())).body;
			return await this.#change(this.base.id);
		} catch (error) {
			this.problem = Problem.of(error);
			return null;
		} finally {
			this.busy = false;
		}
	}

	async #change(id: string): Promise<Row | null> {
		for (let tries = 0; ; tries++) {
			try {
				return (await change<Row>(`/records/${id}`, this.#tag, this.#values())).body;
			} catch (error) {
				if (!(error instanceof Problem) || error.status !== 412 || tries === 5) throw error;
			}
			const now = await read<Row>(`/records/${id}`);
			if (!(await this.#meet(now))) return null;
		}
	}

	/** Whether it can go on by itself: nobody else touched what is changed here. */
	async #meet(now: Answer<Row>): Promise<boolean> {
		const theirs = now.body;
		const mine = this.changed;
		const differs = (field: Field) => !same(field, theirs[field.name], this.base?.[field.name]);
		const both = mine.filter((field) => differs(field) && !same(field, theirs[field.name], this.draft[field.name]));
		const others = fieldsOf(this.register).filter((field) => !["recorded_from", "row_version"].includes(field.name) && !mine.includes(field) && differs(field));
		const by = await this.#writer(theirs.id);
		if (both.length > 0) {
			this.conflict = { theirs, tag: now.tag ?? "", fields: both, others, by };
			return false;
		}
		if (others.length > 0) this.note = `${by} changed ${others.map((field) => field.label).join(", ")} meanwhile. That is kept beside what you changed.`;
		this.#begin(theirs, now.tag ?? "");
		return true;
	}

	async #writer(id: string): Promise<string> {
		const versions = (await read<{ versions: { recorded_by?: string }[] }>(`/records/${id}/history`)).body.versions;
		return versions.at(-1)?.recorded_by?.replace(/^user:/, "") ?? "Somebody";
	}

	/** Goes on from another version, with what was changed here on top. */
	#begin(theirs: Row, tag: string): void {
		const mine = new Set(this.changed.map((field) => field.name));
		for (const field of this.fields) if (!mine.has(field.name)) this.draft[field.name] = copy(theirs[field.name]) ?? null;
		this.base = theirs;
		this.#tag = tag;
	}

	/** Of each field that both changed, whether theirs stays; then saves on. */
	settle(theirs: Set<string>): Promise<Row | null> {
		const conflict = this.conflict;
		if (!conflict) return Promise.resolve(null);
		this.conflict = null;
		for (const name of theirs) this.draft[name] = copy(conflict.theirs[name]) ?? null;
		this.#begin(conflict.theirs, conflict.tag);
		return this.changed.length === 0 ? Promise.resolve(conflict.theirs) : this.save();
	}
}
