// What people come for, done by the keyboard alone: no test here points at anything.

import { kept, press, seen, tabTo } from "./keyboard";
import { expect, test } from "./people";
import { afresh, good } from "./server";
import { Watch } from "./walk";

test.use({ person: "som" });
test.describe.configure({ timeout: 120_000 });

test("by keyboard: the worst supplier is found, why and since when, down to a failing record", async ({ page }) => {
	const watch = new Watch(page);
	await watch.go("/");
	// A page is come to past the navigation, and who goes back through that has a way past it again.
	await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
	await press(page, page.getByRole("link", { name: "Skip to the content" }), { back: true });
	await expect(page.getByRole("main")).toBeFocused();
	const worst = page.getByRole("region", { name: "Worst first" }).getByRole("listitem").first();
	await expect(worst).toContainText(/the first since \d+ \w+ 20\d\d/);
	await press(page, worst.getByRole("link"));
	await expect(page).toHaveURL(/organisation=/);
	await watch.settled();
	await kept(page);
	await press(page, page.getByRole("region", { name: /^Duties that matter most: / }).getByRole("link").first());
	await expect(page.getByRole("region", { name: "Where it stands" })).toContainText(/Failing.*the first since/s);
	await watch.settled();
	await press(page, page.getByRole("region", { name: "Failing records" }).getByRole("row").nth(1).getByRole("link").first());
	await expect(page).toHaveURL(/\/records\/[A-Z]{3}-\d+/);
	await watch.settled();
	await kept(page);
});

test("by keyboard: a record is changed where it stands and by its form, and taken back", async ({ page, request }) => {
	const made = await good<{ id: string }>(request.post("/api/v1/registers/account/records", { data: { login: "keys-only", key: `keys-${Date.now()}`, kind: "user" } }));
	const watch = new Watch(page);
	await watch.go(`/registers/account?filter=id%3D${made.id}`);
	const cell = page.getByRole("gridcell", { name: "keys-only", exact: true });
	await tabTo(page, page.getByRole("gridcell", { name: made.id, exact: true }));
	for (let i = 0; i < 12 && !(await cell.evaluate((one) => one === document.activeElement)); i++) {
		await page.keyboard.press("ArrowRight");
		await seen(page);
	}
	await page.keyboard.press("F2");
	await expect(page.getByLabel(`Login of ${made.id}`)).toBeFocused();
	await page.keyboard.press("Control+a");
	await page.keyboard.type("where-it-stands");
	await page.keyboard.press("Enter");
	await expect(page.getByRole("gridcell", { name: "where-it-stands", exact: true })).toBeFocused();
	await seen(page);
	await press(page, page.getByRole("button", { name: "Undo" }), { back: true });
	await expect(cell).toBeVisible();
	await kept(page);

	// Each window takes the keyboard, and gives it back where it was opened.
	for (const [opener, title] of [["Export", "Export"], ["Views", "Views"], ["Columns", "Columns"]] as const) {
		const button = page.getByRole("button", { name: opener, exact: true });
		await press(page, button);
		const dialog = page.getByRole("dialog", { name: new RegExp(title) });
		await expect(dialog).toBeVisible();
		for (let i = 0; i < 3; i++) {
			await page.keyboard.press("Tab");
			expect(await dialog.evaluate((one) => one.contains(document.activeElement)), `whether the keyboard is in ${title}`).toBe(true);
		}
		await page.keyboard.press("Escape");
		await expect(dialog).toBeHidden();
		await expect(button).toBeFocused();
		await seen(page);
	}

	await tabTo(page, cell);
	await page.keyboard.press("Enter");
	await watch.settled();
	await press(page, page.getByRole("button", { name: "Edit" }));
	const first = page.getByRole("main").getByRole("textbox").first();
	await expect(first).toBeFocused();
	await tabTo(page, page.getByLabel("Role profile"));
	await page.keyboard.type("by the keyboard");
	await press(page, page.getByRole("button", { name: "Save", exact: true }), { most: 100 });
	await expect(page.getByText("Saved: Role profile.")).toBeVisible();
	await kept(page);
	await press(page, page.getByRole("button", { name: "Undo" }));
	await expect(page.getByText("It is as it was before.")).toBeVisible();
	await kept(page);
	await press(page, page.getByRole("button", { name: "Retire" }));
	await expect(page.getByRole("dialog", { name: /^Retire/ })).toBeVisible();
	await page.keyboard.press("Escape");
	await expect(page.getByRole("button", { name: "Retire" })).toBeFocused();
});

test("by keyboard: a file is taken in, with its columns said and after a look at what would happen", async ({ page }) => {
	const mark = `keys${Date.now()}`;
	const watch = new Watch(page);
	await watch.go("/registers/account/import");
	const file = page.getByLabel("File", { exact: true });
	await tabTo(page, file);
	await file.setInputFiles({ name: "accounts.csv", mimeType: "text/csv", buffer: Buffer.from(`No of account;Login;Kind\n${mark}-1;ann;user\n${mark}-2;;user\n`) });
	await tabTo(page, page.getByLabel("Field for the column No of account"));
	await page.keyboard.type("Key");
	await expect(page.getByLabel("Field for the column No of account")).toHaveValue("key");
	await tabTo(page, page.getByLabel("Source", { exact: true }));
	await page.keyboard.type(mark);
	await press(page, page.getByRole("button", { name: "See what would happen" }));
	await expect(page.getByRole("row", { name: "New records 1" })).toBeVisible();
	await kept(page);
	await press(page, page.getByRole("button", { name: "Take in the others, without the 1 rejected" }));
	await expect(page.getByText("It is taken in.")).toBeVisible();
	await kept(page);
	await press(page, page.getByRole("link", { name: "To the list" }));
	await expect(page.getByRole("heading", { level: 1, name: "Accounts" })).toBeVisible();
});

test("by keyboard: what waits for a decision is found in one's work, and decided", async ({ page, request }) => {
	const { work } = await good<{ work: { record: string; steps: string[] }[] }>(request.get("/api/v1/work?kind=decision&limit=500"));
	const waiting = work.find((item) => item.steps.includes("accepted"));
	if (!waiting) throw new Error("nothing waits to be accepted");
	const watch = new Watch(page);
	await watch.go("/work");
	await press(page, page.getByRole("navigation", { name: "Kinds of work" }).getByRole("link", { name: /^Waits for your decision/ }));
	await watch.settled();
	const waits = page.getByRole("region", { name: "Waits for your decision" });
	await press(page, waits.locator(`a[href="/records/${waiting.record}"]`), { most: 300 });
	await watch.settled();
	const state = page.getByRole("region", { name: "State" });
	await press(page, state.getByRole("button", { name: "Accepted" }), { most: 100 });
	await expect(page.getByText("It is accepted now.")).toBeVisible();
	await expect(state).toContainText("Accepted");
	await kept(page);
});

test("by keyboard: a version of a record is verified in the ledger, and the palette leads there", async ({ page }) => {
	const watch = new Watch(page);
	await watch.go("/plan");
	await page.keyboard.press("Control+k");
	await page.keyboard.type("ledger");
	await page.keyboard.press("Enter");
	await expect(page.getByRole("heading", { level: 1, name: "Ledger" })).toBeVisible();
	await watch.settled();
	await tabTo(page, page.getByRole("textbox", { name: "Record" }));
	await page.keyboard.type("ACC-1");
	await tabTo(page, page.getByRole("spinbutton", { name: "Version" }));
	await page.keyboard.press("Control+a");
	await page.keyboard.type("1");
	await press(page, page.getByRole("button", { name: "Verify it" }));
	await expect(page.getByText("What the server tells of this version is what was sealed.")).toBeVisible();
	await kept(page);
	await page.keyboard.press("Control+k");
	await page.keyboard.press("Escape");
	await expect(page.getByRole("dialog")).toHaveCount(0);
	await kept(page);
});

test("by keyboard: what had the keyboard goes away, and it stays where that was", async ({ browser, baseURL }) => {
	const context = await afresh(browser, baseURL);
	await good(context.request.post("/api/v1/me/tokens", { data: { name: "to go", days: 1, writes: false, registers: null } }));
	const page = await context.newPage();
	await new Watch(page).go("/account");
	await press(page, page.getByRole("button", { name: "Revoke to go" }).first(), { most: 80 });
	await press(page, page.getByRole("button", { name: "Revoke it" }));
	await expect(page.getByText("The token “to go” is revoked.")).toBeVisible();
	await expect(page.getByRole("region", { name: "Tokens for programs" })).toBeFocused();
	await seen(page);
	await context.close();
});
