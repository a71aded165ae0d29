// What is due by days, and the address of it for calendar programs.

import { request } from "@playwright/test";
import { clean } from "./axe";
import { expect, test } from "./people";

/** The last day of the month that it is in the plan's zone, when every monthly duty is due. */
function monthEnd(by = 0): string {
	const [year, month] = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/London" }).format(new Date()).split("-").map(Number);
	return new Date(Date.UTC(year!, month! + by, 0)).toISOString().slice(0, 10);
}

test.describe("the security operations manager", () => {
	test.use({ person: "som" });

	test("sees what is due each day, by shape and word, and goes to it and back", async ({ page }) => {
		const end = monthEnd();
		await page.goto("/work");
		await page.getByRole("link", { name: "Calendar" }).click();
		await expect(page.getByRole("heading", { level: 1, name: "Calendar" })).toBeVisible();
		const table = page.getByRole("table", { name: /what is due each day/ });
		await expect(table.getByRole("columnheader")).toHaveText(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]);
		await expect(table.locator("[aria-current=date]")).toContainText("today");
		await table.locator(`[data-day="${end}"]`).click();
		await expect(page).toHaveURL(new RegExp(`day=${end}`));
		await expect(table.locator(`[data-day="${end}"]`)).toHaveAccessibleName(/\d+ (late|due|met)/);
		const list = page.getByRole("table").last();
		await expect(list.getByRole("row").nth(1)).toContainText(/▲ Late|○ Due|✓ Met/);
		await clean(page);
		await list.getByRole("rowheader").first().getByRole("link").click();
		await expect(page).toHaveURL(/\/(plan|cells|records)\//);
		await page.goBack();
		await expect(page).toHaveURL(new RegExp(`day=${end}`));
		await expect(list.getByRole("row").nth(1)).toBeVisible();
	});

	test("goes from month to month, and the address says which", async ({ page }) => {
		const next = monthEnd(1).slice(0, 7);
		await page.goto("/work/calendar");
		const months = page.getByRole("navigation", { name: "Months" });
		await months.getByRole("link", { name: /The month after/ }).click();
		await expect(page).toHaveURL(new RegExp(`month=${next}`));
		// What is to come has no cell yet.
		await page.locator(`[data-day="${monthEnd(1)}"]`).click();
		await expect(page.getByRole("table").last()).toContainText("Due");
		await page.reload();
		await expect(page).toHaveURL(new RegExp(`month=${next}`));
		await months.getByRole("link", { name: "Today" }).click();
		await expect(page.locator("[aria-current=date]")).toBeVisible();
		await page.goBack();
		await expect(page).toHaveURL(new RegExp(`month=${next}`));
		await page.goto("/work/calendar?month=2016-02");
		await expect(page.getByText("Nothing is due in February 2016")).toBeVisible();
		await expect(page.locator('[data-day="2016-02-29"]')).toBeVisible();
		await clean(page);
		await page.goto("/work/calendar?month=2016-13");
		await expect(page.locator("[aria-current=date]")).toBeVisible();
	});

	test("goes from day to day by the arrow keys, beyond the month too", async ({ page }) => {
		await page.goto("/work/calendar?month=2026-03&day=2026-03-18");
		await page.locator('[data-day="2026-03-18"]').focus();
		await page.keyboard.press("ArrowRight");
		await expect(page.locator('[data-day="2026-03-19"]')).toBeFocused();
		await page.keyboard.press("ArrowUp");
		await expect(page.locator('[data-day="2026-03-12"]')).toBeFocused();
		await page.keyboard.press("Home");
		await expect(page.locator('[data-day="2026-03-09"]')).toBeFocused();
		await page.keyboard.press("End");
		await expect(page.locator('[data-day="2026-03-15"]')).toBeFocused();
		await page.keyboard.press("Enter");
		await expect(page).toHaveURL(/day=2026-03-15/);
		await expect(page.getByRole("heading", { level: 2, name: /Sunday,? 15 March 2026/ })).toBeVisible();
		// One stop for the Tab key.
		await expect(page.locator("[data-day][tabindex='0']")).toHaveCount(1);
		for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowDown");
		await expect(page).toHaveURL(/month=2026-04/);
		await expect(page.locator('[data-day="2026-04-12"]')).toBeFocused();
	});

	test("sees a list of days where there is no room for a table", async ({ page }) => {
		await page.setViewportSize({ width: 320, height: 640 });
		await page.goto("/work/calendar?scope=all");
		await expect(page.locator("ol.weeks > li").first()).toBeVisible();
		await expect(page.getByRole("table", { name: /what is due each day/ })).toBeHidden();
		expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
		await clean(page);
		await page.locator("ol.weeks button").last().click();
		await expect(page.getByRole("table").last().getByRole("row").nth(1)).toBeVisible();
	});

	test("prints the month as a table", async ({ page }) => {
		await page.goto("/work/calendar?scope=all");
		await expect(page.getByRole("table").last().getByRole("row").nth(1)).toBeVisible();
		await page.emulateMedia({ media: "print" });
		await expect(page.getByRole("table", { name: /what is due each day/ })).toBeVisible();
		await expect(page.locator(`[data-day="${monthEnd()}"] time`)).toBeVisible();
		await expect(page.getByRole("button", { name: "Subscribe…" })).toBeHidden();
	});
});

test.describe("a member's security contact", () => {
	test.use({ person: "member" });

	test("subscribes, gets the address once, and ends it on the page of the login", async ({ page, baseURL }) => {
		await page.goto("/work/calendar");
		await page.getByRole("button", { name: "Subscribe…" }).click();
		const dialog = page.getByRole("dialog");
		await clean(page);
		await dialog.getByLabel("Name").fill("my telephone");
		await dialog.getByRole("button", { name: "Make the address" }).click();
		await expect(dialog).toContainText("It is not shown again");
		const address = await dialog.locator("code").innerText();
		expect(address).toMatch(/\/api\/v1\/calendar\.ics\?token=hfc_[0-9a-f]{64}$/);
		await clean(page);
		// Whoever has it needs nothing else.
		const program = await request.newContext({ baseURL: baseURL!, storageState: { cookies: [], origins: [] } });
		const feed = await program.get(address);
		expect(feed.status()).toBe(200);
		expect(feed.headers()["content-type"]).toContain("text/calendar");
		expect(await feed.text()).toMatch(/^BEGIN:VCALENDAR\r\n/);
		await dialog.getByRole("button", { name: "I have kept it" }).click();
		await expect(page.getByText("hfc_")).toHaveCount(0);
		await page.goto("/account");
		await expect(page.getByRole("row", { name: /my telephone/ })).toContainText("calendar");
		await page.getByRole("button", { name: "Revoke my telephone" }).click();
		await page.getByRole("button", { name: "Revoke it" }).click();
		await expect(page.getByText("The token “my telephone” is revoked.")).toBeVisible();
		expect((await program.get(address)).status()).toBe(401);
	});
});
