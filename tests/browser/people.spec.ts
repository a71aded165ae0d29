// One person in one view, leavers, and findings by owner.

import { expect, test } from "./people";

test.use({ person: "som" });

test("a leaver is found, with what is said of the person in every register", async ({ page }) => {
	await page.goto("/people");
	await page.getByLabel(/Leavers/).check();
	const first = page.locator("tbody tr").first();
	await expect(page).toHaveURL(/show=leavers/);
	await expect(first.locator("time")).toBeVisible();
	const name = (await first.getByRole("rowheader").innerText()).trim();
	await page.getByRole("searchbox").fill(name);
	await page.getByRole("rowheader", { name }).first().getByRole("link").click();
	await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
	await expect(page.getByRole("heading", { level: 2, name: "Role assignments" })).toBeVisible();
});

test("a person and a record are told what refers to them by one request", async ({ page, request }) => {
	const { records } = (await (await request.get("/api/v1/registers/account/records?limit=100&fields=person&filter=person!%3D")).json()) as { records: { person: { id: string } }[] };
	const id = records[0]!.person.id;
	for (const path of [`/records/${id}`, `/people/${id}`]) {
		const asked: string[] = [];
		const note = (one: { url(): string }) => void asked.push(one.url());
		page.on("request", note);
		await page.goto(path);
		await expect(page.getByRole("link", { name: /^Accounts|all of them/ }).or(page.getByRole("heading", { level: 2, name: "Accounts" })).first()).toBeVisible();
		page.off("request", note);
		expect(asked.filter((url) => url.includes("/related")).length).toBe(1);
		expect(asked.filter((url) => /\/records\?/.test(url)).length).toBeLessThan(30);
	}
});

test("leavers and findings come a part at a time, and the counts are of all", async ({ page, request }) => {
	for (const [path, list] of [
		["/people?show=leavers", "/api/v1/registers/person/records?limit=1&fields=key&filter=leave_date%3C%3Dtoday%2B30%20leave_date!%3D"],
		["/findings", "/api/v1/registers/finding/records?limit=1&fields=key&filter=state%3Dopen,planned,done,validated"],
	] as const) {
		const { total } = (await (await request.get(list)).json()) as { total: number };
		await page.goto(path);
		const rows = page.locator("tbody tr");
		await expect(rows.nth(Math.min(59, total - 1))).toBeVisible();
		await expect(page.getByRole("status").filter({ hasText: new RegExp(`^\\s*${total.toLocaleString("en-GB")} `) })).toBeVisible();
		if (total > 60) {
			await expect(rows).toHaveCount(60);
			await page.getByRole("button", { name: "Show more" }).click();
			await expect(rows).toHaveCount(Math.min(total, 310));
		} else await expect(page.getByRole("button", { name: "Show more" })).toHaveCount(0);
	}
});

test("findings stand by owner, what is late first", async ({ page }) => {
	await page.goto("/findings");
	await expect(page.locator("tbody tr").first()).toContainText("late");
	await page.getByLabel("Show").selectOption("Actions");
	await expect(page).toHaveURL(/of=action/);
	await page.goBack();
	await expect(page.getByLabel("Show")).toHaveValue("finding");
});
