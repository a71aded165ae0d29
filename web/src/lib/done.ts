// What was just saved, and how to take that back: the former values are sent, as a version of their own.

import { change } from "./api";
import type { Register } from "./catalogue";
import { fieldOf } from "./catalogue";
import type { Row } from "./listing.svelte";
import { plain, type Values } from "./values";

export interface Done {
	text: string;
	undo?: () => Promise<void>;
}

/** Gives the fields of a record the values that they had before. */
export async function undo(register: Register, before: Row, after: Row, names: string[]): Promise<Row> {
	const values: Values = {};
	for (const name of names) {
		const field = fieldOf(register, name);
		if (field) values[name] = plain(field, before[name]);
	}
	return (await change<Row>(`/records/${after.id}`, `"${after.row_version}"`, values)).body;
}
