import { getAgain, recall } from "./api";
import { dayOf, today } from "./format";

export interface Moment {
	as_of: string | null;
	period: string | null;
}
interface Assessed {
	assessed_at: string | null;
}
export interface Decided<T> {
	found: T;
	moment: Moment;
}

/** Where nothing had been decided yet of the month that had begun then, it is the month before. Of now the server knows best. */
function earlier({ assessed_at }: Assessed, { as_of, period }: Moment): Moment | null {
	const last = assessed_at && dayOf(assessed_at).slice(0, 7);
	return !as_of || period || !last || last >= as_of.slice(0, 7) ? null : { as_of, period: last };
}

/** Asks for what was decided at a moment, or for the month before. Of a day that is over nothing changes. */
export async function decided<T extends Assessed>(path: string, moment: Moment, signal: AbortSignal): Promise<Decided<T>> {
	const stands = moment.as_of !== null && moment.as_of.slice(0, 10) < today();
	const found = await getAgain<T>(path, { ...moment }, signal, stands);
	const before = earlier(found, moment);
	return before ? { found: await getAgain<T>(path, { ...before }, signal, stands), moment: before } : { found, moment };
}

/** The same, as it was answered before. */
export function lastDecided<T extends Assessed>(path: string, moment: Moment): Decided<T> | undefined {
	const found = recall<T>(path, { ...moment });
	const before = found && earlier(found, moment);
	const older = before && recall<T>(path, { ...before });
	if (before) return older ? { found: older, moment: before } : undefined;
	return found && { found, moment };
}

/** What the organisations are called, by their keys. */
export const partyNames = (parties: { key: string; name: string | null }[] | undefined): Map<string, string> =>
	new Map(parties?.map((party) => [party.key, party.name ?? party.key]));
