import { get, type Schemas } from "./api";
import { dayOf } from "./format";

export interface Moment {
	as_of: string | null;
	period: string | null;
}

/**
 * Asks for what was decided at a moment. Where nothing had been decided yet of the month that had begun then, it is that of the month
 * before. Of now the server knows best.
 */
export async function decided<T extends { assessed_at: string | null }>(
	path: string,
	moment: Moment,
	signal: AbortSignal,
	query: Record<string, string | null> = {},
): Promise<{ found: T; moment: Moment }> {
	const found = await get<T>(path, { ...query, ...moment }, signal);
	const { as_of, period } = moment;
	const last = found.assessed_at && dayOf(found.assessed_at).slice(0, 7);
	if (!as_of || period || !last || last >= as_of.slice(0, 7)) return { found, moment };
	const before = { as_of, period: last };
	return { found: await get<T>(path, { ...query, ...before }, signal), moment: before };
}

/** What the organisations that may be seen are called, by their keys. */
export async function partyNames(as_of: string | null, signal: AbortSignal): Promise<Map<string, string>> {
	const { found } = await decided<Schemas["posture"]>("/posture", { as_of, period: null }, signal);
	return new Map(found.organisations.map((party) => [party.key, party.name ?? party.key]));
}
