// Pages wait for nothing that they do not show: what they ask they ask at once, what was there before is there at once, and what is typed
// takes nothing away until there is something else.

import type { Route } from "@playwright/test";
import { expect, test } from "./people";
import { Watch } from "./walk";

test.use({ person: "som" });

/** Holds back the answers to what is asked of an address until it is told to go on. */
function gate(): { hold: (route: Route) => Promise<void>; open: () => void } {
	let open = () => {};
	const opened = new Promise<void>((go) => (open = go));
	return {
		hold: async (route) => {
			await opened;
			await route.continue();
		},
		open,
	};
}

test("a cell is asked for at once, with its records and what registers hold about it", async ({ page }) => {
	const watch = new Watch(page);
	await watch.go("/cells/6.5-c/quillstone");
	// What every page asks first has come.
	await page.waitForTimeout(1500);
	await watch.follow("/");
	const { hold, open } = gate();
	const asked: string[] = [];
	page.on("request", (request) => asked.push(decodeURIComponent(new URL(request.url()).pathname)));
	await page.route(/\/api\/v1\/cells\?.*obligation=/, hold);
	const period = new Date().toISOString().slice(0, 7);
	await page.evaluate((to) => document.body.append(Object.assign(document.createElement("a"), { href: to, textContent: "there" })), `/cells/6.5-b/harrowmere?period=${period}`);
	await page.getByRole("link", { name: "there", exact: true }).click();
	await expect.poll(() => asked).toEqual(expect.arrayContaining(["/api/v1/cells", "/api/v1/failures", "/api/v1/registers/evidence/records"]));
	// Of the organisation's name, the duty and the roles it is known already.
	expect(asked.filter((path) => /posture|plan|registers\/\w+$/.test(path))).toEqual([]);
	open();
	await watch.settled();
	await expect(page.getByRole("region", { name: "Where it stands" })).toBeVisible();
	await expect(page.getByRole("heading", { level: 1 })).toContainText("6.5-b");
});

test("a period that is over is asked for as it was then, and once", async ({ page }) => {
	const watch = new Watch(page);
	await watch.go("/cells/6.5-c/quillstone");
	const periods = page.getByRole("region", { name: "History" }).getByRole("link");
	const first = new URL((await periods.first().getAttribute("href")) ?? "", page.url());
	const asked: URL[] = [];
	page.on("request", (request) => asked.push(new URL(request.url())));
	await watch.go(first.pathname + first.search);
	const failures = asked.filter(({ pathname }) => pathname === "/api/v1/failures");
	expect(failures.map(({ searchParams }) => searchParams.get("as_of"))).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\d$/)]);
	expect(failures[0]?.searchParams.get("as_of")?.slice(0, 7)).toBe(first.searchParams.get("period")?.slice(0, 7));
});

test("the posture is there at once for whoever comes back, and then as it is now", async ({ page }) => {
	const watch = new Watch(page);
	await watch.go("/");
	const crossings = page.locator("table .crossing");
	const many = await crossings.count();
	await watch.follow("/registers");
	const { hold, open } = gate();
	const asked: string[] = [];
	page.on("request", (request) => asked.push(request.url()));
	await page.route(/\/api\/v1\/(posture|cells)(\?|$)/, hold);
	await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Posture" }).click();
	await expect(crossings).toHaveCount(many);
	await expect(page.getByRole("region", { name: /^Since / })).not.toContainText("Comparing");
	// It is asked for all the same, and what it was a week ago is not.
	expect(asked.filter((url) => /\/api\/v1\/posture/.test(url)).length).toBe(1);
	expect(asked.filter((url) => /as_of/.test(url))).toEqual([]);
	open();
	await watch.settled();
	await page.unroute(/\/api\/v1\/(posture|cells)(\?|$)/);
	// What is answered now counts.
	await watch.follow("/registers");
	await page.route(/\/api\/v1\/posture(\?|$)/, async (route) => {
		const answer = await route.fetch();
		const told = (await answer.json()) as { organisations: { name: string }[] };
		told.organisations[0]!.name = "Another name";
		await route.fulfill({ response: answer, json: told });
	});
	await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Posture" }).click();
	await expect(page.getByRole("columnheader", { name: "Another name" })).toBeVisible();
});

test("the plan begins with what is seen; a link leads to any duty of it, and what is printed has all", async ({ page }) => {
	const watch = new Watch(page);
	await watch.go("/plan");
	const articles = page.getByRole("article");
	await expect(articles.nth(80)).toBeVisible();
	await page.waitForTimeout(1000);
	const all = await articles.count();
	const last = (await articles.last().getAttribute("id"))?.replace("duty-", "") ?? "";
	await page.goto(`/plan?duty=${last}`);
	await expect(page.locator(`[id="duty-${last}"]`)).toBeInViewport();
	await expect(page.locator(`[id="duty-${last}"]`)).toHaveAttribute("aria-current", "true");
	// As soon as there is anything at all.
	await page.addInitScript(() => {
		new MutationObserver((_, watched) => {
			if (!document.querySelector("article")) return;
			watched.disconnect();
			dispatchEvent(new Event("beforeprint"));
			Object.assign(globalThis, { printed: document.querySelectorAll("article").length });
		}).observe(document, { subtree: true, childList: true });
	});
	await page.goto("/plan");
	await expect.poll(() => page.evaluate(() => (globalThis as unknown as { printed?: number }).printed)).toBe(all);
	// What is looked for is shown and nothing else, and is marked; without words all is back.
	const words = page.getByLabel("Search the plan");
	for (const [text, mark] of [["leaver", /^leaver$/i], ["leaver susp", /^(leaver|susp)$/i]] as const) {
		await words.fill(text);
		await expect(page.getByRole("status").filter({ hasText: `${await articles.count()} dut` })).toBeVisible();
		for (const article of await articles.all()) await expect(article.locator("mark").first()).toHaveText(mark);
	}
	await words.fill("");
	await expect(articles).toHaveCount(all);
	await expect(page.locator("article mark")).toHaveCount(0);
});

test("people stay in sight until those that were looked for have come", async ({ page }) => {
	const watch = new Watch(page);
	await watch.go("/people");
	const rows = page.locator("tbody tr");
	const before = await rows.first().innerText();
	const { hold, open } = gate();
	await page.route(/\/api\/v1\/search/, hold);
	await page.getByRole("searchbox").pressSequentially("an");
	await expect(page).toHaveURL(/q=an/);
	await expect(page.getByRole("table")).toHaveAttribute("aria-busy", "true");
	expect(await rows.first().innerText()).toBe(before);
	open();
	await expect(page.getByRole("table")).toHaveAttribute("aria-busy", "false");
	expect(await rows.first().innerText()).not.toBe(before);
});

test("one stream of events serves all pages, is left while nobody looks, and goes on where it was", async ({ page }) => {
	const streams: URL[] = [];
	page.on("request", (request) => {
		const url = new URL(request.url());
		if (url.pathname === "/api/v1/events") streams.push(url);
	});
	await page.clock.install();
	await page.goto("/");
	await expect(page.getByRole("table")).toBeVisible();
	for (let i = 0; i < 12; i++)
		for (const name of ["Plan", "Posture"]) {
			await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: true }).click();
			await expect(page.getByRole(name === "Plan" ? "article" : "table").first()).toBeVisible();
			await page.clock.runFor(200);
		}
	expect(streams.length).toBe(1);
	const hide = (hidden: boolean) =>
		page.evaluate((hidden) => {
			Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
			document.dispatchEvent(new Event("visibilitychange"));
		}, hidden);
	// Whoever looks away for a moment keeps it.
	await hide(true);
	await page.clock.runFor(5000);
	await hide(false);
	await page.clock.runFor(30_000);
	expect(streams.length).toBe(1);
	await hide(true);
	await page.clock.runFor(30_000);
	await hide(false);
	await expect.poll(() => streams.length).toBe(2);
	expect(streams[1]?.searchParams.get("position")).toMatch(/^\d+$/);
});
