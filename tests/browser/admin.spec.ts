// Administration: each sees the parts that are his, logins are looked after, and an assessment is asked for.

import { clean } from "./axe";
import { expect, test } from "./people";

test.describe("an administrator", () => {
	test.use({ person: "admin" });

	test("adds a login, sets its password, and disables it", async ({ page }) => {
		await page.goto("/admin");
		const parts = page.getByRole("navigation", { name: "Administration" });
		await expect(parts.getByRole("link")).toHaveText(["Users", "Jobs", "Plan and figures"]);
		await expect(page.getByRole("row", { name: /^som/ })).toContainText("password, second factor");
		await page.getByRole("button", { name: "Add a login" }).click();
		await page.getByRole("textbox", { name: "Name" }).fill("9 lives");
		// People are found by name or key, though no role lets one see them.
		const whose = page.getByRole("combobox", { name: "Person" });
		await whose.fill("QS-100");
		const found = page.getByRole("listbox").getByRole("option").first();
		await expect(found).toContainText("QS-100");
		await found.click();
		await expect(whose).toHaveValue(/^QS-100/);
		await page.getByLabel("Whose it is").selectOption("of neither");
		await page.getByRole("button", { name: "Add the login" }).click();
		await expect(page.getByRole("textbox", { name: "Name" })).toHaveAttribute("aria-invalid", "true");
		await page.getByRole("textbox", { name: "Name" }).fill("visitor");
		await page.getByRole("button", { name: "Add the login" }).click();
		const one = page.getByRole("region", { name: "visitor" });
		await one.getByRole("button", { name: "Set a password" }).click();
		await one.getByLabel("New password").fill("open the gate 7 ways");
		await one.getByRole("button", { name: "Set it" }).click();
		await expect(one.getByText("The password is set")).toBeVisible();
		await one.getByRole("button", { name: "Disable" }).click();
		await page.getByRole("button", { name: "Disable it" }).click();
		await expect(page.getByRole("row", { name: /^visitor/ })).toContainText("disabled");
		await clean(page);
		await page.goBack();
		await expect(one).toHaveCount(0);
	});
});

test.describe("the security operations manager", () => {
	test.use({ person: "som" });

	test("sees what is too old, asks for an assessment, and reads the figures", async ({ page }) => {
		await page.goto("/admin/feeds");
		const parts = page.getByRole("navigation", { name: "Administration" });
		await expect(parts.getByRole("link")).toHaveText(["Jobs", "Feeds", "Assessments", "Plan and figures"]);
		await expect(page.getByRole("row").nth(1)).toContainText("too old");
		await parts.getByRole("link", { name: "Assessments" }).click();
		await page.getByRole("button", { name: "Assess now" }).click();
		await expect(page.getByText("It is done.")).toBeVisible();
		await parts.getByRole("link", { name: "Jobs" }).click();
		await page.getByRole("link", { name: /^Show/ }).first().click();
		await expect(page.getByText("Failures open", { exact: true })).toBeVisible();
		await parts.getByRole("link", { name: "Plan and figures" }).click();
		await page.getByLabel("Find").fill("no such figure");
		await expect(page.getByText("No figure has these words.")).toBeVisible();
		await page.getByLabel("Find").fill("password");
		await expect(page.getByRole("row", { name: /password/i }).first()).toBeVisible();
	});
});
