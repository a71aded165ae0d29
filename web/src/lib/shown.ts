// What the cells of a list show, told before they are made: a list has hundreds, and to find it out between their elements costs much more.

import type { Field } from "./catalogue";
import { day, utc } from "./format";
import type { Row } from "./listing.svelte";
import { router } from "./router.svelte";
import { isReference, line } from "./values";

export interface Shown {
	text: string;
	/** Where it leads, if it does. */
	href?: string;
	/** What is told when it is pointed at. */
	title?: string;
	/** What is heard instead of the text. */
	label?: string;
	faint?: boolean;
	/** What is changed where it stands. */
	edit?: Field;
	number?: boolean;
}

/** A long text is cut for the eye, not for the server. */
const most = 160;
const wide = 24;

const record = (id: string, text: string): Shown => ({ text, href: router.href(`/records/${id}`) });

function shown(field: Field, row: Row | undefined): Shown {
	const value = row?.[field.name];
	if (value === undefined) return { text: "" };
	const text = line(field, value);
	if (isReference(value)) return record(value.id, text);
	if (text === "") return { text: "–", label: "empty", faint: true };
	if (field.type === "instant") return { text: day(String(value)), title: `${text} · ${utc(String(value))}` };
	if (text.length > wide) return { text: text.slice(0, most), title: text.slice(0, 600) };
	return { text, number: field.type === "integer" || field.type === "decimal" };
}

/** The cells of a row, its record's number first. The row is not there while it is on its way. */
export function cellsOf(columns: Field[], row: Row | undefined, edited: number | null): Shown[] {
	const number = row ? record(row.id, row.id) : { text: "…", faint: true };
	return [number, ...columns.map((field, i) => (row && edited === i + 1 ? { text: "", edit: field } : shown(field, row)))];
}
