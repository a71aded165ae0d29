// What goes wrong around a page: sessions that end, and clocks that are wrong.

import { kept } from "./keyboard";
import { expect, password, test } from "./people";
import { afresh, good } from "./server";
import { Watch } from "./walk";

test.use({ person: "som" });
test.describe.configure({ timeout: 120_000 });

const day = (at: number | string): string => new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/London" }).format(new Date(at));
const later = (date: string, days: number): string => new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
const between = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);

test("a session that ends in another tab is begun again over a half-filled form, which loses nothing", async ({ browser, baseURL }) => {
	const context = await afresh(browser, baseURL);
	const [page, other] = [await context.newPage(), await context.newPage()];
	const key = `tab-${Date.now()}`;
	await page.goto("/registers/account/new");
	await page.getByLabel("Key", { exact: true }).fill(key);
	await page.getByLabel(/^Login/).fill("half typed");
	await other.goto("/account");
	await other.getByRole("button", { name: "Sign out" }).click();
	await expect(other.getByLabel("Password")).toBeVisible();

	await page.getByRole("button", { name: "Make the record" }).click();
	const dialog = page.getByRole("dialog", { name: "Your session has ended" });
	await expect(dialog).toBeVisible();
	// It cannot be put away: there is nothing to go on with.
	await page.keyboard.press("Escape");
	await page.keyboard.press("Escape");
	await expect(dialog).toBeVisible();
	await expect(page.getByLabel(/^Login/)).toHaveValue("half typed");
	await dialog.getByLabel("Password").fill("another than mine");
	await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
	await expect(dialog.getByRole("alert")).toContainText("not right");
	await dialog.getByLabel("Password").fill(password);
	await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
	await expect(page.getByRole("heading", { level: 1, name: "half typed" })).toBeVisible();
	await kept(page);
	const found = await good<{ total: number }>(page.request.get(`/api/v1/registers/account/records?filter=key%3D${key}&limit=1`));
	expect(found.total).toBe(1);
	await context.close();
});

for (const [hours, wrong] of [
	[-26, "behind"],
	[26, "ahead"],
] as const)
	test(`a browser's clock that is a day ${wrong} changes nothing of what is shown`, async ({ page, request, browser, baseURL }) => {
		// A token takes a fresh proof.
		const context = await afresh(browser, baseURL);
		await good(context.request.post("/api/v1/me/tokens", { data: { name: `clock ${wrong}`, days: 1, writes: false, registers: null } }));
		const member = await context.newPage();
		const turn = (by: number) => {
			const Right = Date;
			class Wrong extends Right {
				constructor(...of: [] | [number | string | Date]) {
					if (of.length === 0) super(Right.now() + by);
					else super(of[0]);
				}
				static override now() {
					return Right.now() + by;
				}
			}
			globalThis.Date = Wrong as DateConstructor;
		};
		await page.addInitScript(turn, hours * 3_600_000);
		await member.addInitScript(turn, hours * 3_600_000);
		const today = day(Date.parse((await request.get("/healthz")).headers()["date"] ?? ""));
		const watch = new Watch(page);
		await watch.go("/");
		expect(await page.evaluate(() => Date.now()), "that the clock is wrong").not.toBeCloseTo(Date.now(), -7);
		const slider = page.getByRole("slider", { name: "Day" });
		await expect(slider).toHaveAttribute("aria-valuetext", "Now");
		await expect(page.getByRole("region", { name: /^Since / }).getByRole("heading")).toHaveText(new RegExp(` ${Number(later(today, -7).slice(8))} \\w+ ${later(today, -7).slice(0, 4)}$`));
		await slider.focus();
		await page.keyboard.press("ArrowLeft");
		await expect(page).toHaveURL(new RegExp(`as_of=${later(today, -1)}`));
		await page.keyboard.press("ArrowRight");
		await expect(page).not.toHaveURL(/as_of/);

		// Marks of what is late count from the server's day.
		for (const path of ["/findings", "/work"]) {
			await watch.go(path);
			const cells = page.getByRole("cell").filter({ hasText: /▲ [\d,]+ days? late/ });
			const late = cells.first();
			if (path === "/findings") await expect(late).toBeVisible();
			else if ((await cells.count()) === 0) continue;
			const [, due = "", days = ""] = /(\d+ \w+ \d{4})\s*▲ ([\d,]+) days? late/.exec(await late.innerText()) ?? [];
			expect(Number(days.replace(",", "")), due).toBe(between(day(`${due} 12:00 UTC`), today));
		}
		await new Watch(member).go("/account");
		await expect(member.getByRole("button", { name: `Revoke clock ${wrong}` }).first()).toBeVisible();
		await watch.go("/ledger");
		const looked = await page.getByRole("definition").locator("time").first().getAttribute("datetime");
		expect(Math.abs(Date.parse(looked ?? "") - Date.now())).toBeLessThan(120_000);
		// Of a form's instant, typed in the plan's zone, the browser's clock says nothing.
		await watch.go("/registers/account/new");
		await page.getByLabel("Created at").fill("2026-07-01T13:00");
		await expect(page.getByText("2026-07-01 12:00:00 UTC")).toBeVisible();
		await context.close();
	});
