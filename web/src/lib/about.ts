// What registers hold about a duty of an organisation in a period: evidence, findings, waivers, whatever names an obligation.

import { get } from "./api";
import type { Register } from "./catalogue";
import { periodFrom, periodTo } from "./duty";

export interface About {
	register: Register;
	filter: string;
	records: Record<string, unknown>[];
	more: boolean;
}

export interface Question {
	obligation: string;
	organisation: string;
	period: string;
	as_of: string | null;
}

export async function aboutDuty(register: Register, { obligation, organisation, period, as_of }: Question, signal: AbortSignal): Promise<About> {
	const has = (name: string) => register.fields.some((field) => field.name === name && field.type === "date");
	const terms = [`obligation=${obligation}`, `organisation=${organisation}`];
	if (has("period_from") && has("period_to") && /^\d/.test(period)) terms.push(`period_from<=${periodTo(period)}`, `period_to>=${periodFrom(period)}`);
	const filter = terms.join(" ");
	const page = await get<{ records: Record<string, unknown>[]; next: string | null }>(`/registers/${register.name}/records`, { filter, limit: 20, as_of }, signal);
	return { register, filter, records: page.records, more: page.next !== null };
}
