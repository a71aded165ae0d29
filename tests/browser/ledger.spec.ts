// The ledger, verified in the browser: what holds says so, and what was tampered with on its way is an alarm.

import { clean } from "./axe";
import { expect, test } from "./people";

test.use({ person: "som" });

test("the head and a version of a record are verified on the page, and held against what was seen before", async ({ page }) => {
	await page.goto("/ledger");
	await expect(page.getByText("The head is signed with the ledger's key.")).toBeVisible();
	await expect(page.getByText("sees this ledger for the first time")).toBeVisible();
	await page.getByRole("button", { name: "Look again" }).click();
	await expect(page.getByText("The key is the one that this browser saw before.")).toBeVisible();
	await page.getByRole("textbox", { name: "Record" }).fill("ACC-1");
	await page.getByRole("spinbutton", { name: "Version" }).fill("1");
	await page.getByRole("button", { name: "Verify it" }).click();
	await expect(page.getByText("What the server tells of this version is what was sealed.")).toBeVisible();
	await expect(page).toHaveURL(/record=ACC-1&version=1/);
	await expect(page.getByRole("alert")).toHaveCount(0);
	await clean(page);
});

test("each version of a record leads to where it is verified", async ({ page }) => {
	await page.goto("/records/ACC-1");
	await page.getByRole("region", { name: "History" }).getByRole("link", { name: "Verify" }).last().click();
	await expect(page).toHaveURL(/ledger\?record=ACC-1&version=1$/);
	await expect(page.getByText("What the server tells of this version is what was sealed.")).toBeVisible();
	await page.goto("/records/ACC-1");
	await page.getByRole("link", { name: "Verify it here" }).click();
	await expect(page.getByText("What the server tells of this version is what was sealed.")).toBeVisible();
});

test("an entry and a head that were altered are alarms", async ({ page }) => {
	await page.route("**/api/v1/records/ACC-1/proof?*", async (route) => {
		const response = await route.fetch();
		const proof = (await response.json()) as { entry: string };
		await route.fulfill({ response, json: { ...proof, entry: proof.entry.replace('"active"', '"deleted"') } });
	});
	await page.goto("/ledger?record=ACC-1&version=1");
	await expect(page.getByRole("alert").filter({ hasText: "does not lead to the head" })).toBeVisible();
	await expect(page.getByRole("row", { name: /State/ })).toContainText("differs");
	await clean(page);
	await page.route("**/api/v1/ledger/checkpoint", async (route) => {
		const response = await route.fetch();
		await route.fulfill({ response, body: (await response.text()).replace(/\n\d+\n/, "\n7\n") });
	});
	await page.getByRole("button", { name: "Look again" }).click();
	await expect(page.getByRole("alert").filter({ hasText: "not signed with the ledger's key" })).toBeVisible();
});
