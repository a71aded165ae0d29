// One person in one view, leavers, and findings by owner.

import { clean } from "./axe";
import { expect, test } from "./people";

test.use({ person: "som" });

test("a leaver is found, with what is said of the person in every register", async ({ page }) => {
	await page.goto("/people");
	await page.getByLabel(/Leavers/).check();
	const first = page.locator("tbody tr").first();
	await expect(page).toHaveURL(/show=leavers/);
	await expect(first.locator("time")).toBeVisible();
	const name = (await first.getByRole("rowheader").innerText()).trim();
	await clean(page);
	await page.getByRole("searchbox").fill(name);
	await page.getByRole("rowheader", { name }).first().getByRole("link").click();
	await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
	await expect(page.getByRole("heading", { level: 2, name: "Role assignments" })).toBeVisible();
	await clean(page);
});

test("findings stand by owner, what is late first", async ({ page }) => {
	await page.goto("/findings");
	await expect(page.locator("tbody tr").first()).toContainText("late");
	await clean(page);
	await page.getByLabel("Show").selectOption("Actions");
	await expect(page).toHaveURL(/of=action/);
	await page.goBack();
	await expect(page.getByLabel("Show")).toHaveValue("finding");
});
