// Going about by the keyboard alone. Wherever it comes to must be seen.

import { expect, type Locator, type Page } from "@playwright/test";

interface Place {
	what: string;
	outlined: boolean;
	/** What lies over it, or "" where it is seen. */
	covered: string;
}

/** What has the keyboard, or null where nothing has. */
const place = (page: Page): Promise<Place | null> =>
	page.evaluate(() => {
		const one = document.activeElement;
		if (!one || one === document.body) return null;
		const style = getComputedStyle(one);
		const box = one.getBoundingClientRect();
		const points = [0.5, 0.05, 0.95].flatMap((x) => [0.5, 0.1, 0.9].map((y) => [box.left + box.width * x, box.top + box.height * y] as const));
		const over = points.map(([x, y]) => document.elementFromPoint(x, y));
		const shown = over.some((there) => there !== null && (one.contains(there) || there.contains(one) || there.closest("label")?.contains(one) === true));
		const name = one.getAttribute("aria-label") ?? (one as HTMLElement).innerText ?? "";
		return {
			what: `${one.tagName.toLowerCase()} “${name.slice(0, 60)}”`,
			outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1,
			covered: shown ? "" : `${over[0]?.outerHTML.slice(0, 80) ?? "what is out of sight"} at ${Math.round(box.left)}, ${Math.round(box.top)}, ${Math.round(box.width)} × ${Math.round(box.height)}`,
		};
	});

/** Where the keyboard is can be seen: it has an outline, and nothing lies over all of it. */
export async function seen(page: Page): Promise<void> {
	// A page that scrolls to it does so a moment later.
	await expect
		.poll(async () => {
			const now = await place(page);
			return now === null ? "nothing has the keyboard" : now.covered ? `${now.what} is covered by ${now.covered}` : !now.outlined ? `${now.what} has no outline` : "";
		})
		.toBe("");
}

/** The keyboard is somewhere on the page, and not lost to its top. */
export const kept = (page: Page): Promise<void> => expect.poll(async () => (await place(page)) !== null, { message: "the keyboard is somewhere" }).toBe(true);

/** Goes on by Tab (or back) until the goal has the keyboard. */
export async function tabTo(page: Page, goal: Locator, how: { back?: boolean; most?: number } = {}): Promise<void> {
	await expect(goal).toBeVisible();
	for (let i = 0; i < (how.most ?? 60); i++) {
		await page.keyboard.press(how.back ? "Shift+Tab" : "Tab");
		await seen(page);
		if (await goal.evaluate((one) => one === document.activeElement)) return;
	}
	throw new Error(`${how.most ?? 60} times Tab do not lead to ${String(goal)}`);
}

/** The same, and presses what has it. */
export async function press(page: Page, goal: Locator, how: { back?: boolean; most?: number; key?: string } = {}): Promise<void> {
	await tabTo(page, goal, how);
	await page.keyboard.press(how.key ?? "Enter");
}
