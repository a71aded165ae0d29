import { readFileSync, writeFileSync } from "node:fs";
import { clean } from "./axe";
import { expect, folder, test } from "./people";
import { run } from "./server";

interface Cells {
	cells: { id: string; obligation: string; organisation: string; period: string; state: string; failing: number; first_failed_at: string | null }[];
}

test.describe("the posture", () => {
	test("says which supplier is worst, why and since when, and leads to the records that fail", async ({ page }) => {
		await page.goto("/");
		const worst = page.getByRole("region", { name: "Worst first" }).getByRole("listitem").first();
		await expect(worst).toContainText("member");
		await expect(worst).toContainText(/\d+ duties fail, with \d+ records, the first since \d+ \w+ 20\d\d/);
		await expect(worst).toContainText(/cannot be proven: nothing was delivered since \d+ \w+ 20\d\d/);
		const name = await worst.getByRole("link").innerText();
		await worst.getByRole("link").click();
		await expect(page).toHaveURL(/organisation=/);
		const duties = page.getByRole("region", { name: `Duties that matter most: ${name}` });
		await duties.getByRole("link").first().click();
		await expect(page).toHaveURL(/\/cells\//);
		await expect(page.getByRole("region", { name: "Where it stands" })).toContainText(/Failing.*the first since/s);
		const failing = page.getByRole("region", { name: "Failing records" });
		await expect(failing.getByRole("row").nth(1)).toContainText(/\d{4}/);
		await failing.getByRole("row").nth(1).getByRole("link").click();
		await expect(page).toHaveURL(/\/records\/[A-Z]{3}-\d+/);
		await page.goBack();
		await page.goBack();
		await expect(duties).toBeVisible();
	});

	test("unfolds a section and a crossing, by keyboard too, and the address keeps it", async ({ page }) => {
		await page.goto("/");
		const table = page.getByRole("table");
		const section = table.getByRole("link", { name: /^\S* ?6\.5 Termination/ });
		await section.focus();
		await page.keyboard.press("Enter");
		await expect(page).toHaveURL(/section=6\.5/);
		await expect(section).toHaveAttribute("aria-expanded", "true");
		await expect(table.getByRole("link", { name: /6\.5-c Leaver/ })).toBeVisible();
		await section.focus();
		await page.keyboard.press("ArrowRight");
		await expect(page.locator(":focus")).toHaveAttribute("aria-label", /^6\.5, /);
		const first = await page.locator(":focus").getAttribute("aria-label");
		await page.keyboard.press("ArrowDown");
		await expect(page.locator(":focus")).toHaveAttribute("aria-label", /^6\.5-[a-z], /);
		await page.keyboard.press("ArrowUp");
		await expect(page.locator(":focus")).toHaveAttribute("aria-label", first ?? "");
		await page.keyboard.press("Enter");
		await expect(page).toHaveURL(/organisation=/);
		await expect(table.getByRole("heading", { name: /^6\.5 .*: / })).toBeVisible();
		// What is half under the table's head is too small for axe.
		await page.evaluate(() => scrollTo(0, 0));
		await clean(page);
		await page.reload();
		await expect(table.getByRole("heading", { name: /^6\.5 .*: / })).toBeVisible();
		await page.goBack();
		await expect(table.getByRole("heading", { name: /^6\.5 .*: / })).toBeHidden();
	});

	test("shows any past day by its slider, and the period as it was known then", async ({ page }) => {
		await page.goto("/");
		const day = page.getByRole("slider", { name: "Day" });
		await expect(day).toHaveAttribute("aria-valuetext", "Now");
		await expect(page.getByRole("table")).toBeVisible();
		await day.focus();
		await page.keyboard.press("PageDown");
		await page.keyboard.press("ArrowLeft");
		await expect(page).toHaveURL(/as_of=\d{4}-\d\d-\d\d/);
		await expect(day).toHaveAttribute("aria-valuetext", /^\w+day,? \d+ \w+ \d{4}$/);
		await expect(page.getByText("Nothing can be changed here")).toBeVisible();
		await expect(page.getByRole("table")).toBeVisible();
		await clean(page);
		await page.getByRole("button", { name: "Back to now" }).click();
		await expect(day).toHaveAttribute("aria-valuetext", "Now");
		await page.getByLabel("Period").selectOption({ index: 3 });
		await expect(page).toHaveURL(/period=\d{4}-\d\d/);
		await expect(page.getByRole("list", { name: "What the marks mean" })).toContainText("Missed");
	});

	test("says what changed in a week, and puts right with wrong side by side", async ({ page }) => {
		await page.goto("/");
		const changes = page.getByRole("region", { name: /^Since / });
		await expect(changes).toContainText(/Compared with what was assessed on|Nothing had been assessed a week before/);
		const newly = changes.getByText(/newly failing, missed or unproven/);
		await newly.click();
		await expect(changes.getByRole("listitem").first()).toContainText(/was |new/);
	});

	test("changes by itself when a cell is decided anew", async ({ page }) => {
		// The events come when the test says so; what they lead to is asked of the server.
		await page.route("**/api/v1/events", async (route) => {
			await new Promise((done) => setTimeout(done, 500));
			const cell = { id: "CEL-1", obligation: "6.5-c", organisation: "quillstone", period: "2026-01", state: "proven", reason: null, failing: 0, changed_at: null };
			await route.fulfill({ contentType: "text/event-stream", body: `retry: 600000\nevent: cell\ndata: ${JSON.stringify(cell)}\n\n` });
		});
		let asked = 0;
		page.on("request", (request) => {
			if (/\/api\/v1\/posture(\?|$)/.test(request.url())) asked++;
		});
		await page.goto("/");
		await expect(page.getByRole("table")).toBeVisible();
		await expect.poll(() => asked).toBeGreaterThan(1);
		await expect(page.getByRole("table")).toBeVisible();
	});

	test("fits a telephone", async ({ page }) => {
		await page.setViewportSize({ width: 320, height: 700 });
		for (const path of ["/", "/?section=6.5", "/cells/6.5-c/quillstone", "/plan/6.5"]) {
			await page.goto(path);
			await expect(page.getByRole("main").getByRole("listitem").first()).toBeVisible();
			expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(320);
		}
	});
});

test.describe("the posture of a member", () => {
	test.use({ person: "member" });

	test("has its own duties and nobody else's", async ({ page }) => {
		await page.goto("/");
		await expect(page.getByRole("region", { name: "Worst first" }).getByRole("listitem")).toHaveCount(1);
		await expect(page.getByRole("table").getByRole("columnheader")).toHaveCount(2);
		await page.goto("/cells/6.5-c/harrowmere");
		await expect(page.getByRole("heading", { level: 1 })).toContainText("6.5-c");
		await expect(page.getByRole("alert").or(page.getByText(/^Not assessed for/))).toBeVisible();
		await clean(page);
	});
});

test.describe("a cell", () => {
	test("tells why, since when, what to do, and how it came to be", async ({ page }) => {
		const found = page.waitForResponse((response) => response.url().includes("/api/v1/cells"));
		await page.goto("/");
		const { cells } = (await (await found).json()) as Cells;
		const failing = cells.filter((cell) => cell.state === "failing").sort((a, b) => b.failing - a.failing)[0];
		expect(failing).toBeDefined();
		await page.goto(`/cells/${failing?.obligation}/${failing?.organisation}`);
		const stand = page.getByRole("region", { name: "Where it stands" });
		await expect(stand).toContainText(/Failing/);
		await expect(stand).toContainText(/What to do next: Open each record/);
		const records = page.getByRole("region", { name: "Failing records" });
		await expect(records.getByRole("row")).toHaveCount(1 + Math.min(50, failing?.failing ?? 0));
		await expect(page.getByRole("region", { name: "Findings" }).getByRole("row").nth(1)).toContainText("Nonconformity");
		await page.getByText("The check", { exact: true }).click();
		await expect(page.getByText(/select .* as record/).first()).toBeVisible();
		await clean(page);
		await page.getByRole("region", { name: "History" }).getByRole("link").first().click();
		await expect(page).toHaveURL(/period=/);
		await expect(stand.getByRole("link", { name: /^Go to / })).toBeVisible();
	});

	test("that waits for deliveries lists those that are late", async ({ page }) => {
		await page.goto("/cells/6.5-d/marrowdale");
		await expect(page.getByRole("region", { name: "Where it stands" })).toContainText("Unproven");
		await expect(page.getByRole("region", { name: "Deliveries that it needs" })).toContainText("too old");
	});

	test("gives a receipt and its entry, which verify without the server", async ({ page }) => {
		await page.goto("/cells/6.5-c/quillstone");
		const files: string[] = [];
		for (const what of ["Save the proof", "Save its entry"]) {
			const saved = page.waitForEvent("download");
			await page.getByRole("button", { name: what }).click();
			files.push(await (await saved).path());
		}
		const [receipt = "", entry = ""] = files;
		expect(readFileSync(receipt, "utf8")).toMatch(/^c2sp\.org\/tlog-proof@v1\nindex \d+\n/);
		expect(readFileSync(entry, "utf8")).toContain('"register":"cell"');
		const key = `${folder}receipt.pub`;
		writeFileSync(key, await (await page.request.get("/api/v1/ledger/key")).text());
		expect(run("verify", "--receipt", receipt, "--entry", entry, "--key", key)).toContain("ok: the entry stands at");
	});

	test("asks for what it shows, and for no register's description beside", async ({ page }) => {
		const asked: string[] = [];
		page.on("request", (request) => {
			const found = /\/api\/v1\/registers\/(\w+)(\?|$)/.exec(request.url());
			if (found?.[1]) asked.push(found[1]);
		});
		await page.goto("/cells/6.5-c/quillstone");
		for (const name of ["Findings", "Evidence", "Waivers"]) await expect(page.getByRole("heading", { level: 2, name })).toBeVisible();
		expect(asked.sort()).toEqual(["evidence", "finding", "waiver"]);
	});

	test("leads to a form of evidence that knows the cell, and back", async ({ page, request }) => {
		const { obligations } = (await (await request.get("/api/v1/plan/obligations")).json()) as { obligations: { id: string; proof: string }[] };
		const proofs = new Map(obligations.map((one) => [one.id, one.proof]));
		const { cells } = (await (await request.get("/api/v1/cells?state=unproven")).json()) as { cells: { obligation: string; organisation: string; period: string; period_to: string; reason: string }[] };
		const cell = cells.find((one) => proofs.get(one.obligation) !== "computed" && one.reason === "no_evidence" && /^\d/.test(one.period))!;
		await page.goto(`/cells/${cell.obligation}/${cell.organisation}?period=${cell.period}`);
		await page.getByRole("link", { name: "Give evidence" }).click();
		await expect(page.getByRole("heading", { level: 1, name: /New record: Evidence/ })).toBeVisible();
		await expect(page.getByLabel(/^Obligation/)).toHaveValue(cell.obligation);
		await expect(page.getByLabel(/^Organisation/)).toHaveValue(cell.organisation);
		await expect(page.getByLabel(/^To/)).toHaveValue(cell.period_to);
		await expect(page.getByLabel(/^Given by/)).not.toHaveValue("");
		await clean(page);
		// What an address says is looked at as what is typed.
		await page.goto(page.url().replace(/period_to=[^&]*/, "period_to=some%20day"));
		await page.getByLabel(/^Statement/).fill("It was done.");
		await page.getByRole("button", { name: "Make the record" }).click();
		await expect(page.getByLabel(/^To/)).toHaveAttribute("aria-invalid", "true");
		await page.getByLabel(/^To/).fill(cell.period_to);
		await page.getByRole("button", { name: "Make the record" }).click();
		await expect(page).toHaveURL(new RegExp(`/cells/${cell.obligation}/${cell.organisation}`));
		await expect(page.getByText(/EVD-\d+ is recorded/)).toBeVisible();
		await expect(page.getByRole("cell", { name: "It was done." }).first()).toBeVisible();
	});

	test("that is not there says so", async ({ page }) => {
		await page.goto("/cells/no-such/quillstone");
		await expect(page.getByRole("alert")).toContainText("no-such");
		await page.goto("/cells/6.5-c/quillstone?period=1999-01");
		await expect(page.getByText("There is no cell for January 1999")).toBeVisible();
		await clean(page);
	});
});

test.describe("the plan", () => {
	test("is read with the state of each duty beside it, and searched", async ({ page }) => {
		await page.goto("/plan");
		await expect(page.getByRole("article").first()).toBeVisible();
		// The rest comes in the frames after the first.
		await expect(page.getByRole("article").nth(80)).toBeVisible();
		const all = await page.getByRole("article").count();
		await page.getByLabel("Search the plan").fill("leaver suspended");
		await expect(page).toHaveURL(/q=leaver/);
		await expect(page.getByRole("article")).toHaveCount(1);
		await expect(page.getByRole("status").filter({ hasText: "1 duty" })).toBeVisible();
		await expect(page.getByRole("article").locator("mark").first()).toHaveText(/leaver/i);
		await page.getByRole("article").getByRole("link", { name: "Quillstone Software" }).click();
		await expect(page).toHaveURL(/\/cells\/6\.5-c\/quillstone/);
		await page.goto("/plan?open=true");
		await expect(page.getByRole("article").first()).toBeVisible();
		expect(await page.getByRole("article").count()).toBeLessThan(all);
		await page.getByLabel("Search the plan").fill("no duty has these words");
		await expect(page.getByText("No duty has these words")).toBeVisible();
	});

	test("leads to a duty by a link", async ({ page }) => {
		await page.goto("/plan/9.3.7?duty=9.3.7-b");
		const duty = page.getByRole("article", { name: /9\.3\.7-b/ });
		await expect(duty).toHaveAttribute("aria-current", "true");
		await expect(duty).toBeInViewport();
		await page.getByRole("navigation", { name: "Sections beside this one" }).getByRole("link").last().click();
		await expect(page.getByRole("heading", { level: 1 })).not.toContainText("9.3.7");
		await page.goto("/plan/99");
		await expect(page.getByText("The plan has no section 99")).toBeVisible();
	});
});
