// A form that begins with values from its address: /registers/evidence/new?obligation=6.5-c&organisation=quillstone

import { fieldsOf, type Field, type Register } from "./catalogue";
import { formFields } from "./editing.svelte";
import type { Values } from "./values";

/** What stands in an address for a field, as if it had been typed; whether it can be that is the form's matter. */
function typed(field: Field, text: string): unknown {
	switch (field.type) {
		case "boolean":
			return text === "true" ? true : text === "false" ? false : null;
		case "words":
		case "references":
			return text.split(",").filter(Boolean);
		case "list":
			return null;
		default:
			return text;
	}
}

/** Of the fields of the form, and of no others. */
export function given(register: Register, query: URLSearchParams): Values {
	const values: Values = {};
	const own = fieldsOf(register).filter((field) => field.name === "key" || field.name === "organisation");
	for (const field of [...own, ...formFields(register)]) {
		const text = query.get(field.name);
		if (text) values[field.name] = typed(field, text);
	}
	return values;
}

/** The page of this application to go back to afterwards, if the address has one. */
export function back(query: URLSearchParams): string | null {
	const to = query.get("back");
	if (!to?.startsWith("/")) return null;
	const url = new URL(to, location.href);
	return url.origin === location.origin && !/^\/(api|scim)\//.test(url.pathname) ? url.pathname + url.search : null;
}
