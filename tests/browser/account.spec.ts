// One's own login: who one is, tokens, and what asks for a proof.

import { expect, password, test } from "./people";
import { clean } from "./axe";

test.describe("a member's security contact", () => {
	test.use({ person: "member" });

	test("makes a token, which is shown once, and revokes it", async ({ page }) => {
		await page.goto("/");
		await page.getByRole("link", { name: "member", exact: true }).click();
		await expect(page.getByRole("heading", { level: 1, name: "member" })).toBeVisible();
		await expect(page.getByText("Security Contact of a member")).toBeVisible();
		await clean(page);
		await page.getByRole("button", { name: "Make a token" }).click();
		await page.getByLabel("Name").fill("scanner");
		await page.getByLabel("Good for so many days").fill("400");
		await page.getByRole("button", { name: "Make the token" }).click();
		await expect(page.locator("input:invalid")).toHaveCount(1);
		await page.getByLabel("Good for so many days").fill("7");
		await page.getByRole("button", { name: "Make the token" }).click();
		await expect(page.getByRole("dialog")).toContainText("hft_");
		await clean(page);
		await page.getByRole("button", { name: "I have kept it" }).click();
		await expect(page.getByText("hft_")).toHaveCount(0);
		await page.getByRole("button", { name: "Revoke scanner" }).click();
		await page.getByRole("button", { name: "Revoke it" }).click();
		await expect(page.getByText("The token “scanner” is revoked.")).toBeVisible();
		await expect(page.getByRole("row", { name: /scanner/ })).toContainText("revoked");
	});

});

test.describe("one with a session of his own, as a proof changes what a browser holds", () => {
	test.use({ storageState: { cookies: [], origins: [] } });

	test("is asked for the password again when the proof is too old, and what was asked goes on", async ({ page }) => {
		// As if ten minutes had passed: the server refuses once.
		let refused = false;
		await page.route("**/api/v1/me/tokens", async (route) => {
			if (route.request().method() !== "POST" || refused) return route.fallback();
			refused = true;
			return route.fulfill({
				status: 403,
				contentType: "application/problem+json",
				body: JSON.stringify({ type: "urn:holdfast:problem:denied", title: "Forbidden", status: 403, detail: "prove once more who you are", field: "proof" }),
			});
		});
		await page.goto("/account");
		await page.getByLabel("Name").fill("member");
		await page.getByLabel("Password").fill(password);
		await page.getByRole("button", { name: "Sign in" }).click();
		await page.getByRole("button", { name: "Make a token" }).click();
		await page.getByLabel("Name").fill("late");
		await page.getByRole("button", { name: "Make the token" }).click();
		const dialog = page.getByRole("dialog", { name: "Prove once more who you are" });
		await dialog.getByLabel("Password").fill("not the right one");
		await dialog.getByRole("button", { name: "Go on" }).click();
		await expect(dialog.getByRole("alert")).toContainText("not right");
		await clean(page);
		await dialog.getByLabel("Password").fill(password);
		await dialog.getByRole("button", { name: "Go on" }).click();
		await expect(page.getByRole("dialog", { name: "The new token" })).toContainText("hft_");
	});
});
