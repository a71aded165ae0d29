// What Lighthouse looks at, on the main pages and without a network: what they weigh, whether they stand still, and whether they are made
// as browsers want pages made today. How fast they are is measured where nothing else runs, by speed.bench.ts.

import { expect, test } from "./people";
import { performanceOf, scoreOf, shiftOf, type Figures } from "./speed";
import { Watch } from "./walk";

test.use({ person: "som" });
test.describe.configure({ timeout: 90_000 });

interface Noted {
	shift: number;
	violations: string[];
}
const pages = ["/", "/cells/6.5-c/quillstone", "/plan", "/work", "/registers/account", "/records/ACC-1", "/findings", "/people", "/ledger"];

for (const path of pages)
	test(`loaded anew, ${path} is light, stands still, and is made as pages are to be`, async ({ page, context, baseURL }) => {
		await context.addInitScript(() => {
			const noted: Noted = { shift: 0, violations: [] };
			Object.assign(globalThis, { noted });
			interface Shift extends PerformanceEntry {
				value: number;
				hadRecentInput: boolean;
			}
			new PerformanceObserver((list) => {
				for (const one of list.getEntries() as Shift[]) if (!one.hadRecentInput) noted.shift += one.value;
			}).observe({ type: "layout-shift", buffered: true });
			addEventListener("securitypolicyviolation", (event) => noted.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
		});
		const [said, asked, issues]: [string[], string[], string[]] = [[], [], []];
		page.on("console", (line) => ["error", "warning"].includes(line.type()) && said.push(line.text()));
		page.on("request", (request) => asked.push(request.url()));
		const devtools = await context.newCDPSession(page);
		devtools.on("Audits.issueAdded", ({ issue }) => issues.push(`${issue.code} ${JSON.stringify(issue.details).slice(0, 300)}`));
		await devtools.send("Audits.enable");
		const watch = new Watch(page);
		const answered = page.waitForResponse((response) => response.request().isNavigationRequest());
		await watch.go(path);
		const html = await answered;
		const made = await page.evaluate(() => {
			const meta = (name: string) => document.querySelector(`meta[name=${name}]`)?.getAttribute("content") ?? "";
			const files = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
			const [page] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
			const unsized = [...document.querySelectorAll("img, main svg, video, iframe")].filter((one) => !one.getAttribute("width") || !one.getAttribute("height"));
			return {
				noted: (globalThis as unknown as { noted: Noted }).noted,
				code: files.filter((one) => !new URL(one.name).pathname.startsWith("/api/")).reduce((sum, one) => sum + one.encodedBodySize, page?.encodedBodySize ?? 0),
				doctype: `${document.doctype?.name} ${document.compatMode}`,
				charset: document.characterSet,
				lang: document.documentElement.lang,
				title: document.title,
				viewport: meta("viewport"),
				description: meta("description"),
				unsized: unsized.map((one) => one.outerHTML.slice(0, 100)),
				inline: document.querySelectorAll("[onclick], script:not([src])").length,
			};
		});
		expect(made.noted.violations, "what the policy refused").toEqual([]);
		expect(made.noted.shift, "how far things moved by themselves").toBeLessThanOrEqual(0.1);
		expect(made.code / 1000, "kB of code, compressed").toBeLessThanOrEqual(200);
		expect(made.code).toBeGreaterThan(10_000);
		expect([said, watch.refused, issues], "what the console, the server and the tools of the browser complain of").toEqual([[], [], []]);
		expect(asked.filter((one) => new URL(one).origin !== baseURL && !one.startsWith("data:")), "what is asked of others").toEqual([]);
		expect([made.doctype, made.charset, made.lang, made.unsized, made.inline]).toEqual(["html CSS1Compat", "UTF-8", "en", [], 0]);
		expect(made.title).toMatch(/^\S.* · Holdfast$/);
		expect(made.viewport).toContain("width=device-width");
		expect(made.viewport).not.toMatch(/user-scalable|maximum-scale/);
		expect(made.description).toMatch(/\w+ \w+/);
		expect((await html.body()).subarray(0, 1024).toString()).toMatch(/^<!doctype html>[\s\S]*<meta charset="utf-8"/);
		const heads = html.headers();
		expect(heads["content-security-policy"]).toMatch(/default-src 'none'.*script-src 'self'/);
		expect(heads["content-security-policy"]).not.toMatch(/unsafe|\*/);
		expect([heads["x-content-type-options"], heads["referrer-policy"], heads["content-type"]]).toEqual(["nosniff", "no-referrer", "text/html; charset=utf-8"]);
		const cookies = await context.cookies();
		expect(cookies.length).toBeGreaterThan(0);
		// Over plain HTTP, which is for the machine itself alone, no browser would send back a cookie that is for TLS.
		for (const cookie of cookies) expect(cookie, cookie.name).toMatchObject({ secure: baseURL?.startsWith("https:"), httpOnly: true, sameSite: expect.stringMatching(/Strict|Lax/) });
	});

test("figures are scored as Lighthouse scores them", () => {
	const curve = { good: 1200, half: 2400 };
	expect(scoreOf(1200, curve)).toBeCloseTo(0.9, 4);
	expect(scoreOf(2400, curve)).toBeCloseTo(0.5, 4);
	expect(scoreOf(0, curve)).toBe(1);
	expect(scoreOf(60_000, curve)).toBeLessThan(0.01);
	const good: Figures = { first: 300, largest: 500, blocked: 40, shift: 0.02, index: 500, task: 90 };
	expect(performanceOf(good)).toBeGreaterThan(95);
	for (const worse of [{ largest: 4000 }, { blocked: 900 }, { shift: 0.4 }, { first: 3000, index: 5000 }]) expect(performanceOf({ ...good, ...worse }), JSON.stringify(worse)).toBeLessThan(95);
	// Two that are near to one another count together, and one that comes later does not.
	expect(shiftOf([{ at: 0, by: 0.05 }, { at: 900, by: 0.04 }, { at: 5000, by: 0.06 }])).toBeCloseTo(0.09);
});

test("files of the pages are compressed, and kept by browsers for as long as their names say the same", async ({ request }) => {
	const html = await (await request.get("/")).text();
	const files = [...html.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css|svg))"/g)].map((found) => found[1] ?? "");
	expect(files.length).toBeGreaterThan(2);
	for (const file of files) {
		const answer = await request.get(file, { headers: { "Accept-Encoding": "br, gzip" } });
		expect(answer.headers()["cache-control"], file).toMatch(/immutable|max-age=\d{5,}/);
		if (!file.endsWith(".svg")) expect(answer.headers()["content-encoding"], file).toBe("br");
	}
});
