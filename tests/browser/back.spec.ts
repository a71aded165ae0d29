// Going back and forward by the browser's buttons: pages, filters, days, windows and how far a page was scrolled are as they were.

import { kept } from "./keyboard";
import { expect, test } from "./people";
import { Watch } from "./walk";

test.use({ person: "som" });
test.describe.configure({ timeout: 90_000 });

test("back and forward lead through all pages, with their filters and days as they were", async ({ page }) => {
	const watch = new Watch(page);
	await watch.go("/");
	const nav = (name: string) => page.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: true }).click();
	const steps: (() => Promise<unknown>)[] = [
		() => page.getByLabel("Period").selectOption({ index: 2 }),
		() => page.getByRole("table").getByRole("link", { name: /^\S* ?6\.5 / }).click(),
		() => page.locator("a.crossing[href^='/cells/6.5']").first().click(),
		() => nav("Plan"),
		() => watch.follow("/plan/6.5?duty=6.5-c"),
		() => nav("Registers"),
		() => page.getByRole("link", { name: "Accounts", exact: true }).click(),
		() => page.getByRole("grid").getByRole("button", { name: "Key" }).click(),
		() => watch.follow("/registers/account?filter=kind%3Dprivileged&sort=key"),
		() => page.getByRole("gridcell").getByRole("link", { name: /^ACC-/ }).first().click(),
		() => page.getByRole("button", { name: "Edit" }).click(),
		() => watch.follow("/registers/account/new"),
		() => watch.follow("/registers/account/import"),
		() => nav("My work"),
		() => page.getByLabel("Due within").selectOption("90"),
		() => page.getByRole("link", { name: "Calendar" }).click(),
		() => page.getByRole("navigation", { name: "Months" }).getByRole("link", { name: /The month before/ }).click(),
		() => nav("Findings"),
		() => page.getByLabel("Show").selectOption("Actions"),
		() => nav("People"),
		() => page.getByLabel(/Leavers/).check(),
		() => page.locator("tbody").getByRole("link").first().click(),
		() => nav("Ledger"),
		() => watch.follow("/ledger?record=ACC-1&version=1"),
		() => nav("Administration"),
		() => page.getByRole("navigation", { name: "Administration" }).getByRole("link").last().click(),
		() => page.getByRole("banner").getByRole("link", { name: "som", exact: true }).click(),
		() => watch.follow("/?as_of=2026-06-30"),
		() => nav("Plan"),
	];
	const stand = async () => {
		await watch.settled();
		const told = await page.evaluate(() => ({
			headings: [...document.querySelectorAll("h1, main h2")].slice(0, 3).map((one) => (one as HTMLElement).innerText),
			title: document.title,
			chosen: [...document.querySelectorAll<HTMLSelectElement | HTMLInputElement>("main label select, main label input, main input[type=search], main input[type=range]")].slice(0, 6).map((one) => (one.type === "checkbox" ? one.checked : one.value)),
			sorted: [...document.querySelectorAll("[aria-sort]")].map((one) => `${(one as HTMLElement).innerText} ${one.getAttribute("aria-sort")}`),
			past: document.querySelector("main .band")?.textContent ?? "",
		}));
		expect(told.headings[0]).not.toBe("This page broke");
		return { url: page.url(), ...told };
	};
	const was = [await stand()];
	for (const step of steps) {
		const before = page.url();
		await step();
		await expect(page).not.toHaveURL(before);
		was.push(await stand());
	}
	expect(was.at(-1)?.past).toContain("Nothing can be changed here");
	expect(watch.refused).toEqual([]);
	for (const one of was.slice(0, -1).reverse()) {
		await page.goBack();
		await expect.poll(stand).toEqual(one);
		await kept(page);
	}
	await page.evaluate((by) => history.go(by), steps.length);
	await expect.poll(stand).toEqual(was.at(-1));
});

test("who comes back finds a page scrolled as it was, by button and when it is loaded anew", async ({ page }) => {
	const watch = new Watch(page);
	await watch.go("/account");
	const scroll = () => page.evaluate(() => Math.round(scrollY));
	for (const path of ["/", "/plan", "/people?show=leavers", "/records/ACC-1"]) {
		await watch.follow(path);
		// What comes with the frames after the first is part of the page.
		await expect.poll(() => page.evaluate(() => document.documentElement.scrollHeight > innerHeight + 250), { message: path }).toBe(true);
		await page.evaluate(() => scrollTo(0, 250));
		await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Ledger" }).click();
		await watch.settled();
		expect(await scroll()).toBe(0);
		await page.goBack();
		await expect.poll(scroll, { message: path }).toBe(250);
	}
	await page.reload();
	await expect.poll(scroll, { message: "loaded anew" }).toBe(250);
	await page.evaluate(() => scrollTo(0, 100));
	await page.goBack();
	await page.goForward();
	await expect.poll(scroll, { message: "back and forward" }).toBe(100);

	// Within a list: the rows that were seen, and the one that had the keyboard.
	await watch.follow("/registers/account");
	const shown = () =>
		page.evaluate(() => {
			const box = document.querySelector("[role=grid]")?.parentElement;
			// In the order in which they are seen.
			const links = [...(box?.querySelectorAll("tr[data-row] > [data-column='0'] a") ?? [])].map((one) => ({ text: one.textContent, top: one.getBoundingClientRect().top }));
			links.sort((a, b) => a.top - b.top);
			return links.find(({ top }) => top > box!.getBoundingClientRect().top + 40)?.text ?? "";
		});
	await page.locator('[data-row="0"] > [data-column="0"]').focus();
	for (let i = 0; i < 12; i++) await page.keyboard.press("PageDown");
	await watch.settled();
	const [first, row] = [await shown(), await page.locator("[data-row]:focus-within").getAttribute("data-row")];
	expect(Number(row)).toBeGreaterThan(60);
	await page.keyboard.press("Enter");
	await expect(page).toHaveURL(/\/records\//);
	await watch.settled();
	await page.goBack();
	await expect.poll(shown).toBe(first);
	await expect(page.locator(`[data-row="${row}"] > [data-column="0"]`)).toHaveAttribute("tabindex", "0");

	// And as many of those that come a part at a time.
	await watch.follow("/findings");
	await page.getByRole("button", { name: "Show more" }).click();
	await watch.settled();
	const rows = page.locator("tbody tr");
	const many = await rows.count();
	expect(many).toBeGreaterThan(60);
	await rows.last().getByRole("rowheader").getByRole("link").click();
	await watch.settled();
	await page.goBack();
	await expect(rows).toHaveCount(many);
});

test("a window is closed by the browser's button, and nothing else is", async ({ page }) => {
	const watch = new Watch(page);
	await watch.go("/plan");
	await watch.follow("/registers/site?sort=-key");
	const dialog = page.getByRole("dialog");
	const stays = async () => {
		await expect(dialog).toHaveCount(0);
		await expect(page).toHaveURL(/\/registers\/site\?sort=-key$/);
		await expect(page.getByRole("grid", { name: "Sites" })).toBeVisible();
		await kept(page);
	};
	for (const name of ["Export", "Views", "Columns"]) {
		await page.getByRole("button", { name, exact: true }).click();
		await expect(dialog).toBeVisible();
		await page.goBack();
		await stays();
	}
	await page.keyboard.press("Control+k");
	await expect(dialog).toBeVisible();
	await page.goBack();
	await stays();
	// Then it leads back again, and forward, where no window is.
	await page.goBack();
	await expect(page).toHaveURL(/\/plan$/);
	await page.keyboard.press("Control+k");
	await page.goForward();
	await expect(dialog).toHaveCount(0);
	await expect(page).toHaveURL(/\/plan$/);
	await page.goForward();
	await stays();
	// A place within the page is none that is gone to.
	await page.getByRole("button", { name: "Views" }).focus();
	await page.evaluate(() => (location.hash = "main"));
	await page.goBack();
	await stays();
});
