// What time it is, by the server: a browser's own clock may be wrong by days.

let ahead = 0;

/** Each answer says when it was given (`Date`). It does so in whole seconds, and was some time on its way. */
export function heard(date: string | null): void {
	const by = Date.parse(date ?? "") - Date.now();
	if (!Number.isNaN(by)) ahead = Math.abs(by) < 5000 ? 0 : by;
}

export const now = (): number => Date.now() + ahead;
