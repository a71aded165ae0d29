// Writes docs/screenshots; playwright.config.ts leaves it out unless SCREENSHOTS is set.

import { expect, test } from "./people";

const folder = new URL("../../docs/screenshots/", import.meta.url).pathname;
const pages = { posture: "/", cell: "/cells/9.5-f/marrowdale", plan: "/plan", work: "/work", calendar: "/work/calendar?scope=all", findings: "/findings", ledger: "/ledger?record=ACC-1&version=1", administration: "/admin/feeds" };

for (const [name, path] of Object.entries(pages)) {
	for (const colorScheme of ["light", "dark"] as const) {
		test(`${name}, ${colorScheme}`, async ({ page }) => {
			await page.emulateMedia({ colorScheme });
			await page.goto(path);
			await expect(page.getByRole("main").locator("h2, tbody tr").first()).toBeVisible();
			await page.waitForTimeout(1500);
			await page.screenshot({ path: `${folder}${name}-${colorScheme}.png` });
		});
	}
}
