// How fast the main pages are, as Lighthouse scores it, of the server at HOLDFAST_URL for whoever signed in with STATE. bench/face.sh
// asks that of a million records. Each round of a page appends its score and its longest task to `score_<page>` in OUT.

import { appendFileSync } from "node:fs";
import { expect, test, type Page } from "@playwright/test";
import { figures, performanceOf } from "./speed";
import { Watch } from "./walk";

const out = process.env["OUT"] ?? "";
const rounds = 3;

const pages: [string, (page: Page) => Promise<string>][] = [
	["posture", async () => "/"],
	["cell", (page) => linked(page, "/", 'section[aria-labelledby="duties"] a[href^="/cells/"]')],
	["plan", async () => "/plan"],
	["work", async () => "/work"],
	["list", async () => "/registers/account"],
	["record", (page) => linked(page, "/registers/account", "tr[data-row] a")],
	["findings", async () => "/findings"],
	["people", async () => "/people"],
	["ledger", async () => "/ledger"],
];

/** Where the first such link of a page leads. */
async function linked(page: Page, from: string, link: string): Promise<string> {
	await page.goto(from);
	return (await page.locator(link).first().getAttribute("href")) ?? "";
}

for (const [name, place] of pages)
	test(name, async ({ browser, page, storageState, baseURL }) => {
		test.setTimeout(120_000);
		const path = await place(page);
		expect(path).toMatch(/^\//);
		for (let round = 0; round < rounds; round++) {
			const context = await browser.newContext({ ...(storageState ? { storageState } : {}), ...(baseURL ? { baseURL } : {}) });
			const anew = await context.newPage();
			const watch = new Watch(anew);
			const found = await figures(anew, await context.newCDPSession(anew), () => watch.go(path));
			expect(found.first, "something was painted").toBeGreaterThan(0);
			expect(found.largest).toBeGreaterThanOrEqual(found.first);
			expect(found.index, "pictures were taken").toBeGreaterThan(0);
			expect(watch.refused).toEqual([]);
			console.log(name, path, performanceOf(found).toFixed(1), JSON.stringify(found));
			appendFileSync(`${out}/score_${name}`, `${performanceOf(found).toFixed(2)} ${found.task.toFixed(2)}\n`);
			await context.close();
		}
	});
