import { readFileSync } from "node:fs";
import { clean } from "./axe";
import { code, expect, folder, password, test } from "./people";

test.describe("signing in", () => {
	test.use({ storageState: { cookies: [], origins: [] } });

	test("a name, a password and a code lead to the page that was asked for", async ({ page }) => {
		await page.goto("/registers");
		await clean(page);
		await page.getByLabel("Name").fill("client");
		await page.getByLabel("Password").fill("not the password at all");
		await page.getByRole("button", { name: "Sign in", exact: true }).click();
		await expect(page.getByRole("alert")).toContainText("is not right");
		await page.getByLabel("Password").fill(password);
		await page.getByRole("button", { name: "Sign in", exact: true }).click();
		// The code of this step may have been used already; a later one has not.
		await page.getByLabel("Code").fill(code(readFileSync(`${folder}client.secret`, "utf8"), Date.now() + 30_000));
		await clean(page);
		await page.getByRole("button", { name: "Go on" }).click();
		await expect(page.getByRole("heading", { name: "Registers", level: 1 })).toBeVisible();
		await page.getByRole("button", { name: "Sign out" }).click();
		await expect(page.getByLabel("Password")).toBeVisible();
	});

	test("one who is not let in keeps the name that was typed", async ({ page }) => {
		await page.goto("/");
		await page.getByLabel("Name").fill("nobody-by-this-name");
		await page.getByLabel("Password").fill("correct horse battery 9");
		await page.getByRole("button", { name: "Sign in", exact: true }).click();
		await expect(page.getByRole("alert")).toBeVisible();
		await expect(page.getByLabel("Name")).toHaveValue("nobody-by-this-name");
	});

	test("a link for the first administrator that is spent says so", async ({ page }) => {
		await page.goto("/first#hfl_0000");
		await expect(page.getByRole("heading", { name: "The first administrator" })).toBeVisible();
		await clean(page);
		await page.getByLabel("Password").fill(password);
		await page.getByRole("button", { name: "Make the administrator" }).click();
		await expect(page.getByRole("alert")).toBeVisible();
	});
});

test.describe("a session that ends", () => {
	test.use({ person: "member" });

	test("under a page is begun again over it, and the page goes on", async ({ page, context }) => {
		await page.goto("/registers");
		await expect(page.getByRole("heading", { name: "Registers", level: 1 })).toBeVisible();
		await context.clearCookies();
		await page.getByRole("link", { name: "Sites", exact: true }).click();
		const dialog = page.getByRole("dialog");
		await expect(dialog).toContainText("Your session has ended");
		await clean(page);
		await expect(dialog.getByLabel("Name")).toHaveValue("member");
		await dialog.getByLabel("Password").fill(password);
		await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
		await expect(page.getByRole("heading", { name: "Sites", level: 1 })).toBeVisible();
	});
});

test("the palette goes to a register by a few letters", async ({ page }) => {
	await page.goto("/registers");
	await expect(page.getByRole("heading", { name: "Registers", level: 1 })).toBeVisible();
	await page.keyboard.press("Control+k");
	const field = page.getByRole("combobox", { name: /page, a register/ });
	await expect(field).toBeFocused();
	await clean(page);
	await field.fill("train");
	await expect(page.getByRole("option", { name: /Training records/ })).toBeVisible();
	await page.keyboard.press("ArrowUp");
	await page.keyboard.press("Escape");
	await expect(field).toBeHidden();
	await page.keyboard.press("/");
	await field.fill("training rec");
	await page.keyboard.press("Enter");
	await expect(page.getByRole("heading", { name: "Training records", level: 1 })).toBeVisible();
});

test("every page bears the plan's marking, at the top and at the foot", async ({ page }) => {
	await page.goto("/registers");
	await expect(page.getByText("COMMERCIAL IN CONFIDENCE")).toHaveCount(2);
});
