// What there is to do for whoever looks, and the way to it.

import { expect, test } from "./people";

test.use({ person: "som" });

test("what fails and what waits stands on one page, and leads to the cell or the record", async ({ page }) => {
	await page.goto("/work");
	await expect(page.getByRole("region", { name: "Fails" }).getByRole("row").nth(1)).toContainText("Failing");
	await page.getByRole("navigation", { name: "Kinds of work" }).getByRole("link", { name: /^Fails/ }).click();
	await expect(page.getByRole("region", { name: "Waits for your decision" })).toHaveCount(0);
	await page.getByRole("rowheader").first().getByRole("link").click();
	await expect(page).toHaveURL(/\/cells\//);
	await page.goBack();
	await expect(page).toHaveURL(/kind=failing/);
});
