// Files of records as people have them, made into what an import takes: CSV with the register's names for columns, or JSON lines.

import type { Values } from "./values";

/** The cells of each line of a CSV text; a quoted cell may go over several lines. */
export function* csvRows(text: string, parted: string): Generator<string[]> {
	let row: string[] = [];
	let at = text.startsWith("\ufeff") ? 1 : 0;
	while (at < text.length) {
		let cell = "";
		if (text[at] === '"') {
			let end = at + 1;
			for (;;) {
				const quote = text.indexOf('"', end);
				if (quote < 0) {
					cell += text.slice(end);
					end = text.length;
					break;
				}
				cell += text.slice(end, quote);
				end = quote + 1;
				if (text[end] !== '"') break;
				cell += '"';
				end++;
			}
			at = end;
		} else {
			let end = at;
			while (end < text.length && text[end] !== parted && text[end] !== "\n" && text[end] !== "\r") end++;
			cell = text.slice(at, end);
			at = end;
		}
		row.push(cell);
		if (text[at] === parted) {
			at++;
			if (at < text.length) continue;
			row.push("");
		}
		if (text[at] === "\r") at++;
		if (text[at] === "\n") at++;
		yield row;
		row = [];
	}
}

/** What parts the cells: what comes most often in the first line, as the server decides it. */
export function partedBy(text: string): string {
	const line = text.slice(0, text.search(/[\r\n]|$/));
	const often = (sign: string) => line.split(sign).length;
	return [",", ";", "\t"].reduce((best, sign) => (often(sign) > often(best) ? sign : best));
}

const cellOf = (text: string): string => (/[",\r\n]/.test(text) || text.startsWith(" ") ? `"${text.replaceAll('"', '""')}"` : text);

export interface Source {
	kind: "csv" | "json";
	columns: string[];
	/** Of the first rows, to look at. */
	sample: string[][];
	/** With the columns that have a name here, under that name. */
	as: (names: Map<string, string>, register: string) => Blob;
	type: string;
	/** What a row is counted by in messages. */
	unit: "Line" | "Record";
}

/** Why a file cannot be one of records, in words of what to do. */
export class WrongFile extends Error {}

const most = 64 * 1024 * 1024;
const looked = 5;

async function textOf(file: File): Promise<string> {
	if (file.size === 0) throw new WrongFile("The file is empty.");
	if (file.size > most) throw new WrongFile("The file has more than 64 MB. Part it, or let whoever runs the server import it.");
	const bytes = new Uint8Array(await file.arrayBuffer());
	if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) throw new WrongFile("The file is in UTF-16, which is no CSV to others. Save it as CSV (UTF-8).");
	if (bytes[0] === 0x50 && bytes[1] === 0x4b) throw new WrongFile("This is a workbook or an archive. In the spreadsheet, save the sheet as CSV (UTF-8), and choose that file.");
	if (bytes.subarray(0, 4096).includes(0)) throw new WrongFile("This is no text file. An import takes CSV or JSON.");
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch {
		throw new WrongFile("The file is not in UTF-8, so that letters with accents would be wrong. Save it as CSV (UTF-8).");
	}
}

/** As a cell shows it, and as files have it: of a record that is referred to, its key. */
const flat = (value: unknown): unknown =>
	Array.isArray(value) ? value.map(flat) : typeof value === "object" && value !== null && "key" in value && "id" in value ? (value as { key: unknown }).key : value;
const told = (value: unknown): string => (value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value));

function jsonObjects(text: string): { objects: Values[]; unit: "Line" | "Record" } {
	const asObjects = (list: unknown[]) => {
		const wrong = list.findIndex((one) => typeof one !== "object" || one === null || Array.isArray(one));
		if (wrong >= 0) throw new WrongFile(`Record ${wrong + 1} is no object with members.`);
		return list as Values[];
	};
	try {
		const whole: unknown = JSON.parse(text);
		if (Array.isArray(whole)) return { objects: asObjects(whole), unit: "Record" };
		const records = (whole as Values)["records"];
		return { objects: asObjects(Array.isArray(records) ? records : [whole]), unit: "Record" };
	} catch (error) {
		if (error instanceof WrongFile) throw error;
	}
	const lines = text.split(/\r?\n/);
	while (lines.at(-1) === "") lines.pop();
	return {
		objects: asObjects(
			lines.map((line, i) => {
				try {
					return JSON.parse(line) as unknown;
				} catch {
					throw new WrongFile(`Line ${i + 1} is no JSON. A file has one object on each line, or a list of objects.`);
				}
			}),
		),
		unit: "Line",
	};
}

function fromJson(text: string, register: string): Source {
	const { objects, unit } = jsonObjects(text);
	const columns = [...new Set(objects.flatMap(Object.keys))].filter((name) => name !== "register");
	const isHead = (one: Values) => "holdfast" in one;
	const rows = objects.filter((one) => !isHead(one));
	if (rows.length === 0) throw new WrongFile("The file has no records.");
	const other = rows.findIndex((row) => "register" in row && row["register"] !== register);
	if (other >= 0) throw new WrongFile(`${unit} ${objects.indexOf(rows[other]!) + 1} says that it is of the register '${told(rows[other]!["register"]).slice(0, 60)}', and this is '${register}'.`);
	return {
		kind: "json",
		type: "application/jsonl",
		unit,
		columns: columns.filter((name) => rows.some((row) => name in row)),
		sample: rows.slice(0, looked).map((row) => columns.map((name) => told(flat(row[name])))),
		as: (names, register) =>
			new Blob(
				objects.map((one) => {
					if (isHead(one)) return `${JSON.stringify(one)}\n`;
					const row: Values = { register };
					for (const [column, name] of names) if (column in one) row[name] = flat(one[column]);
					return `${JSON.stringify(row)}\n`;
				}),
			),
	};
}

function fromCsv(file: File, text: string): Source {
	const parted = partedBy(text);
	const rows = csvRows(text, parted);
	const columns = (rows.next().value as string[] | undefined)?.map((name) => name.trim()) ?? [];
	const double = columns.find((name, i) => columns.indexOf(name) !== i);
	if (double !== undefined) throw new WrongFile(`Two columns have the name '${double.slice(0, 60)}'. Give each its own.`);
	const sample: string[][] = [];
	for (const row of rows) if (sample.push(row) === looked) break;
	if (sample.length === 0) throw new WrongFile("The file has a line of names, and no records below it.");
	return {
		kind: "csv",
		type: "text/csv",
		unit: "Line",
		columns,
		sample,
		as: (names) => {
			// A file that is right already goes as it is, byte for byte.
			if (columns.every((column) => names.get(column) === column)) return file;
			const kept = columns.flatMap((column, i) => (names.has(column) ? [{ i, name: names.get(column) ?? "" }] : []));
			const parts = [`${kept.map((one) => cellOf(one.name)).join(",")}\n`];
			let first = true;
			for (const row of csvRows(text, parted)) {
				if (!first) parts.push(`${row.length === 1 && row[0] === "" ? "" : kept.map((one) => cellOf(row[one.i] ?? "")).join(",")}\n`);
				first = false;
			}
			return new Blob(parts);
		},
	};
}

export async function sourceOf(file: File, register: string): Promise<Source> {
	const text = await textOf(file);
	return /^\ufeff?\s*[[{]/.test(text) ? fromJson(text, register) : fromCsv(file, text);
}

const bare = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}.]+/gu, "");

/** Which field each column means: as it was said for this register before, else by name or label. "" is none. */
export function guess(columns: string[], fields: { name: string; label: string }[], before: Record<string, string>): Record<string, string> {
	const taken = new Set<string>();
	const found: Record<string, string> = {};
	for (const column of columns) {
		const known = before[column];
		const field =
			known !== undefined && (known === "" || fields.some((one) => one.name === known))
				? known
				: (fields.find((one) => one.name === column) ?? fields.find((one) => bare(one.name) === bare(column) || bare(one.label) === bare(column)))?.name;
		found[column] = field && !taken.has(field) ? field : "";
		if (field) taken.add(field);
	}
	return found;
}
