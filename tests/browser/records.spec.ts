import { truncateSync, writeFileSync } from "node:fs";
import { clean } from "./axe";
import { expect, folder, stateOf, test } from "./people";
import { good } from "./server";
import type { APIRequestContext, Page } from "@playwright/test";

interface Made {
	id: string;
	key: string;
	row_version: number;
}

/** A record of its own for each test, made as the page's person. */
async function make(request: APIRequestContext, register: string, values: Record<string, unknown>): Promise<Made> {
	const answer = await request.post(`/api/v1/registers/${register}/records`, { data: values });
	expect(answer.status(), await answer.text()).toBe(201);
	return (await answer.json()) as Made;
}

async function arrive(page: Page, path: string, heading: string | RegExp): Promise<void> {
	await page.goto(path);
	await expect(page.getByRole("heading", { name: heading, level: 1 })).toBeVisible();
}

test("the registers are narrowed by a word", async ({ page }) => {
	await arrive(page, "/registers", "Registers");
	await page.getByRole("searchbox", { name: /Narrow/ }).fill("training");
	await expect(page.getByRole("link", { name: "Training records", exact: true })).toBeVisible();
	await expect(page.getByRole("link", { name: "Accounts", exact: true })).toBeHidden();
});

test.describe("a list", () => {
	test("is filtered by chips, ordered by its heads, and stands in the address", async ({ page }) => {
		await arrive(page, "/registers", "Registers");
		await page.getByRole("link", { name: "Accounts", exact: true }).click();
		const table = page.getByRole("grid", { name: "Accounts" });
		await expect(table.getByRole("link", { name: /^ACC-/ }).first()).toBeVisible();
		await page.getByRole("button", { name: "+ Filter" }).click();
		await page.getByLabel("Field", { exact: true }).selectOption({ label: "State" });
		await page.getByLabel("Disabled").check();
		await page.getByLabel("Deleted").check();
		await clean(page);
		await page.getByRole("button", { name: "Add the filter" }).click();
		await expect(page.getByRole("button", { name: "State is disabled or deleted" })).toBeVisible();
		await expect(page).toHaveURL(/filter=state%3Ddisabled%2Cdeleted/);
		await expect(table.getByText("Active", { exact: true })).toHaveCount(0);
		await expect(table.getByText("Disabled", { exact: true }).first()).toBeVisible();
		await table.getByRole("button", { name: "Key" }).click();
		await table.getByRole("button", { name: "Key" }).click();
		await expect(table.getByRole("columnheader", { name: "Key" })).toHaveAttribute("aria-sort", "descending");
		await page.goBack();
		await page.goBack();
		await expect(table.getByRole("columnheader", { name: "Key" })).not.toHaveAttribute("aria-sort");
		await page.getByRole("button", { name: "Take away the filter on State" }).click();
		await expect(table.getByText("Active", { exact: true }).first()).toBeVisible();
	});

	test("takes a filter as text, with every key that is typed, and says what is wrong with it", async ({ page }) => {
		await arrive(page, "/registers/account", "Accounts");
		await page.getByRole("button", { name: "As text" }).click();
		const filter = page.getByRole("textbox", { name: "Filter" });
		await filter.pressSequentially("kind=privi");
		await expect(page.getByRole("alert")).toContainText("is no value of 'kind'");
		await filter.pressSequentially("leged");
		await expect(page.getByRole("alert")).toBeHidden();
		await expect(page.getByRole("grid").getByText("Privileged", { exact: true }).first()).toBeVisible();
		await filter.fill('key="nothing has, this key"');
		await expect(page.getByText("No record fits")).toBeVisible();
		await clean(page);
		await page.getByRole("button", { name: "show all" }).click();
		await expect(page.getByRole("grid").getByRole("link", { name: /^ACC-/ }).first()).toBeVisible();
	});

	test("is gone through by the keyboard alone, to its end, and has few rows in the document", async ({ page }) => {
		await arrive(page, "/registers/account", "Accounts");
		await page.locator('[data-row="0"] > [data-column="0"]').focus();
		await page.keyboard.press("ArrowDown");
		await page.keyboard.press("ArrowRight");
		await expect(page.locator('[data-row="1"] > [data-column="1"]')).toBeFocused();
		for (let i = 0; i < 6; i++) {
			await page.keyboard.press("End");
			await page.waitForTimeout(200);
		}
		const total = Number(/[\d,]+/.exec(await page.getByText(/^[\d,]+ records$/).innerText())?.[0]?.replace(",", ""));
		await expect(async () => {
			await page.keyboard.press("End");
			await expect(page.locator(`[data-row="${total - 1}"] > [data-column="1"]`)).toBeFocused({ timeout: 500 });
		}).toPass();
		expect(await page.locator("tr[data-row]").count()).toBeLessThan(70);
		await page.keyboard.press("Enter");
		await expect(page).toHaveURL(/\/records\/ACC-\d+$/);
	});

	test("has the columns that one chooses, and is kept as a view", async ({ page }) => {
		await arrive(page, "/registers/site", "Sites");
		await page.getByRole("button", { name: "Columns" }).click();
		const dialog = page.getByRole("dialog");
		await dialog.getByRole("checkbox", { name: "Recorded" }).check();
		await dialog.getByRole("button", { name: "Move Recorded to the left" }).click();
		await clean(page);
		await dialog.getByRole("button", { name: "Done" }).click();
		await expect(page.getByRole("columnheader", { name: "Recorded" })).toBeVisible();
		await page.getByRole("button", { name: "Views" }).click();
		await dialog.getByLabel("Keep this list as").fill("By <b>day</b>");
		await dialog.getByRole("button", { name: "Keep it" }).click();
		await clean(page);
		await page.keyboard.press("Escape");
		await page.goto("/registers/site");
		await page.getByRole("button", { name: "Views" }).click();
		await dialog.getByRole("link", { name: "By <b>day</b>" }).click();
		await expect(page.getByRole("columnheader", { name: "Recorded" })).toBeVisible();
	});

	test("goes out as a file with what is shown", async ({ page }) => {
		await arrive(page, "/registers/account?filter=kind%3Dprivileged", "Accounts");
		await page.getByRole("button", { name: "Export" }).click();
		await clean(page);
		await page.getByLabel("The columns that are shown").check();
		await page.getByRole("button", { name: "Write the file" }).click();
		const waited = page.waitForEvent("download");
		await page.getByRole("link", { name: "Save account.csv" }).click();
		const file = await (await waited).createReadStream();
		let text = "";
		for await (const piece of file) text += String(piece);
		const [head = "", ...lines] = text.trim().split(/\r?\n/);
		expect(head.split(",")).toContain("kind");
		expect(lines.length).toBeGreaterThan(0);
		expect(lines.every((line) => line.includes("privileged"))).toBe(true);
	});

	test("changes one value where it stands, and takes that back", async ({ page, request }) => {
		const made = await make(request, "account", { login: "in-place", key: `in-place-${Date.now()}`, kind: "user" });
		await arrive(page, `/registers/account?filter=id%3D${made.id}`, "Accounts");
		await page.getByRole("gridcell", { name: "in-place", exact: true }).focus();
		await page.keyboard.press("F2");
		const field = page.getByLabel(`Login of ${made.id}`);
		await field.fill("elsewhere");
		await page.keyboard.press("Escape");
		await expect(page.getByRole("gridcell", { name: "in-place", exact: true })).toBeFocused();
		await page.keyboard.press("F2");
		await field.fill("elsewhere");
		await page.keyboard.press("Enter");
		await expect(page.getByRole("gridcell", { name: "elsewhere", exact: true })).toBeFocused();
		await page.getByRole("button", { name: "Undo" }).click();
		await expect(page.getByRole("gridcell", { name: "in-place", exact: true })).toBeVisible();
	});
});

test("many records are changed at once, after a look at what would change", async ({ page, request }) => {
	const mark = `many-${Date.now()}`;
	const made = [];
	for (const i of [1, 2, 3]) made.push(await make(request, "change", { key: `${mark}-${i}`, kind: "software", rollback_plan: `plan ${i}` }));
	const beyond = made[2] as Made;
	for (const [i, state] of ["submitted", "assessed"].entries())
		expect((await request.patch(`/api/v1/records/${beyond.id}`, { data: { state }, headers: { "If-Match": `"${i + 1}"` } })).ok()).toBe(true);
	await arrive(page, `/registers/change?filter=key~${mark}`, "Changes");
	await page.locator('[data-row="0"] > [data-column="0"]').focus();
	await page.keyboard.press("Space");
	await expect(page.getByText("1 record chosen")).toBeVisible();
	await page.getByLabel("Choose all that are loaded").check();
	await page.getByRole("button", { name: "Change them" }).click();
	const dialog = page.getByRole("dialog", { name: "Change 3 records" });
	await dialog.getByLabel("Becomes").selectOption("Submitted");
	await dialog.getByRole("button", { name: "See what would change" }).click();
	await expect(dialog.getByText("2 records can be changed, 1 cannot.")).toBeVisible();
	await expect(dialog.getByRole("row", { name: beyond.id })).toContainText("as now");
	await clean(page);
	await dialog.getByRole("button", { name: "Move 2 records to submitted" }).click();
	await expect(page.getByText("Changed 2 records.")).toBeVisible();
	await expect(page.getByRole("grid").getByText("Submitted", { exact: true })).toHaveCount(2);
	await page.getByLabel("Choose all that are loaded").check();
	await page.getByRole("button", { name: "Change them" }).click();
	await dialog.getByLabel("What").selectOption("Rollback plan");
	await dialog.getByLabel("Becomes").fill("the same for all");
	await dialog.getByRole("button", { name: "See what would change" }).click();
	await dialog.getByRole("button", { name: "Change 3 records" }).click();
	await page.getByRole("button", { name: "Undo" }).click();
	await expect(page.getByText("3 records are as before.")).toBeVisible();
	const now = (await (await request.get(`/api/v1/records/${beyond.id}`)).json()) as Record<string, unknown>;
	expect(now["rollback_plan"]).toBe("plan 3");
});

test.describe("whoever holds several roles that may", () => {
	test.use({ person: "auditor" });

	test("makes the steps of many records in the one that is chosen", async ({ page, playwright, baseURL }) => {
		const member = await playwright.request.newContext({ baseURL: baseURL!, storageState: stateOf("member") });
		const asked = { key: `asked-${Date.now()}`, obligation: "6.5-c", kind: "waived", state: "requested", reason: "a test asks" };
		const waiver = await good<{ id: string }>(member.post("/api/v1/registers/waiver/records", { data: asked }));
		await page.route("**/api/v1/me", async (route) => {
			const response = await route.fetch();
			const me = (await response.json()) as { roles: { role: string }[] };
			await route.fulfill({ response, json: { ...me, roles: [...me.roles, { ...me.roles[0], role: "siro" }] } });
		});
		await arrive(page, `/registers/waiver?filter=id=${waiver.id}`, "Waivers");
		await page.getByLabel("Choose all that are loaded").check();
		await page.getByRole("button", { name: "Change them" }).click();
		const dialog = page.getByRole("dialog");
		await dialog.getByLabel("Becomes").selectOption("Refused");
		await expect(dialog.getByLabel("You do this as").getByRole("option")).toHaveText(["Accreditor", "Senior Information Risk Owner"]);
		await dialog.getByLabel("You do this as").selectOption("Senior Information Risk Owner");
		const sent = page.waitForRequest("**/api/v1/changes");
		await dialog.getByRole("button", { name: "See what would change" }).click();
		expect((await sent).postDataJSON().changes[0].values).toMatchObject({ state: "refused", decided_role: "siro" });
		// The server knows which roles are held, whatever a page believes.
		await expect(dialog.getByText("0 records can be changed, 1 cannot.")).toBeVisible();
		await clean(page);
	});
});

test.describe("a record", () => {
	test("is made by a form out of the description, changed, taken back, and told as history", async ({ page }) => {
		const key = `made-${Date.now()}`;
		await arrive(page, "/registers/account/new", /New record: Accounts/);
		await page.getByLabel("Key", { exact: true }).fill(key);
		await page.getByLabel("Kind", { exact: true }).selectOption("Service");
		await page.getByRole("button", { name: "Make the record" }).click();
		// The server says what is missing, beside the field.
		const login = page.getByLabel(/^Login/);
		await expect(login).toBeFocused();
		await expect(login).toHaveAttribute("aria-invalid", "true");
		await login.fill("svc-backup");
		await page.getByLabel("Enabled", { exact: true }).selectOption("Yes");
		await page.getByLabel("Created at").fill("2026-07-01T13:00");
		await expect(page.getByText("2026-07-01 12:00:00 UTC")).toBeVisible();
		await page.getByLabel("Responsible owner").fill("QS-1001");
		await page.getByRole("option", { name: /^QS-1001/ }).first().click();
		await page.getByRole("button", { name: "Make the record" }).click();
		await expect(page.getByRole("heading", { name: "svc-backup", level: 1 })).toBeVisible();
		await expect(page.getByText("1 Jul 2026, 13:00")).toBeVisible();
		await expect(page.getByRole("heading", { name: "Related records" })).toBeVisible();
		await clean(page);

		await page.getByRole("button", { name: "Edit" }).click();
		await page.getByLabel("Granted permissions").fill("read\nwrite");
		await page.keyboard.press("Control+Enter");
		await expect(page.getByText("Saved: Granted permissions.")).toBeVisible();
		const history = page.getByRole("region", { name: "History" });
		await expect(history.getByRole("definition")).toContainText("read, write");
		await page.getByRole("button", { name: "Undo" }).click();
		await expect(page.getByText("It is as it was before.")).toBeVisible();
		await expect(history.getByText("version 3")).toBeVisible();
		await history.getByRole("link", { name: "As it was then" }).nth(1).click();
		await expect(page.getByText("Nothing can be changed here")).toBeVisible();
		await expect(page.getByRole("definition").getByText("read, write").first()).toBeVisible();
		await expect(page.getByRole("button", { name: "Edit" })).toBeHidden();
	});

	test("takes the steps of its state, and says why not of the others", async ({ page, request }) => {
		const made = await make(request, "change", { kind: "software", key: `steps-${Date.now()}` });
		await arrive(page, `/records/${made.id}`, made.key);
		const state = page.getByRole("region", { name: "State" });
		await state.getByRole("button", { name: "Submitted" }).click();
		await state.getByRole("button", { name: "Assessed" }).click();
		await expect(state.getByRole("listitem").filter({ hasText: "Approved" })).toContainText(/change_board/);
		await clean(page);
	});

	test("that two people change at once shows both, and loses nothing", async ({ page, request }) => {
		const made = await make(request, "account", { login: "shared", key: `two-${Date.now()}`, role_profile: "clerk", vault_ref: "a" });
		await arrive(page, `/records/${made.id}?edit=1`, "shared");
		await page.getByLabel("Role profile").fill("mine");
		await page.getByLabel("Vault reference").fill("b");
		const other = await request.patch(`/api/v1/records/${made.id}`, { data: { role_profile: "theirs", shared: true }, headers: { "If-Match": '"1"' } });
		expect(other.ok()).toBe(true);
		await page.getByRole("button", { name: "Save", exact: true }).click();
		const dialog = page.getByRole("dialog", { name: /Somebody else/ });
		await expect(dialog.getByRole("row", { name: /Role profile/ })).toContainText("clerk");
		await expect(dialog).toContainText("They also changed Shared by several people");
		await expect(dialog.getByRole("row", { name: /Vault/ })).toHaveCount(0);
		await clean(page);
		await dialog.getByLabel("Role profile: theirs").check();
		await dialog.getByRole("button", { name: "Save what is chosen" }).click();
		await expect(page.getByText("Saved:")).toBeVisible();
		const now = (await (await request.get(`/api/v1/records/${made.id}`)).json()) as Record<string, unknown>;
		expect([now["role_profile"], now["vault_ref"], now["shared"]]).toEqual(["theirs", "b", true]);
	});

	test("that is half changed is not left unasked, by a link or by the back button", async ({ page, request }) => {
		const made = await make(request, "account", { login: "leaving", key: `leave-${Date.now()}` });
		await arrive(page, "/registers", "Registers");
		await arrive(page, `/records/${made.id}`, "leaving");
		await page.getByRole("button", { name: "Edit" }).click();
		await page.getByLabel("Role profile").fill("typed");
		await page.getByRole("link", { name: "Registers", exact: true }).click();
		const dialog = page.getByRole("dialog", { name: "Leave without saving?" });
		await clean(page);
		await dialog.getByRole("button", { name: "Stay here" }).click();
		await expect(page.getByLabel("Role profile")).toHaveValue("typed");
		await page.goBack();
		await dialog.getByRole("button", { name: "Stay here" }).click();
		await expect(page.getByLabel("Role profile")).toHaveValue("typed");
		await page.goBack();
		await dialog.getByRole("button", { name: "Leave, and lose it" }).click();
		await expect(page.getByLabel("Role profile")).toBeHidden();
		await expect(page.getByRole("button", { name: "Edit" })).toBeVisible();
	});

	test("says what it says, whatever that is: markup, ten thousand characters, right to left, pictures", async ({ page, request }) => {
		const name = `<img src=x onerror=alert(1)> شركة الأمن 👩‍💻 ${Date.now()}`;
		const long = "long ".repeat(2000);
		const made = await make(request, "account", { login: name, key: `<b>${Date.now()}</b>`, role_profile: long });
		page.on("dialog", () => {
			throw new Error("a script of the data ran");
		});
		await arrive(page, `/records/${made.id}`, name);
		await page.getByRole("button", { name: "Show all 10,000 characters" }).click();
		await expect(page.getByRole("definition").filter({ hasText: "long long" })).toContainText(long.trim());
		await clean(page);
		await page.getByRole("button", { name: "Edit" }).click();
		await expect(page.getByLabel(/^Login/)).toHaveValue(name);
		await expect(page.getByLabel("Role profile")).toHaveValue(long);
		await page.getByLabel("Vault reference").fill("x");
		await page.getByRole("button", { name: "Save", exact: true }).click();
		await expect(page.getByText("Saved: Vault reference.")).toBeVisible();
		await page.goto(`/registers/account?filter=id%3D${made.id}&columns=key,login,role_profile`);
		await expect(page.getByRole("gridcell", { name })).toBeVisible();
		await page.setViewportSize({ width: 320, height: 700 });
		await page.goto(`/records/${made.id}`);
		await expect(page.getByRole("heading", { level: 1 })).toContainText("شركة الأمن");
		expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
	});

	test("is not lost when the server is gone while it is typed", async ({ page, request }) => {
		const made = await make(request, "account", { login: "gone", key: `gone-${Date.now()}` });
		await arrive(page, `/records/${made.id}?edit=1`, "gone");
		await page.getByLabel("Role profile").fill("typed before");
		await page.route(/\/(api|healthz)/, (route) => route.abort("connectionrefused"));
		await page.getByRole("button", { name: "Save", exact: true }).click();
		await expect(page.getByText("The server does not answer")).toBeVisible();
		await expect(page.getByLabel("Role profile")).toHaveValue("typed before");
		await page.unroute(/\/(api|healthz)/);
		await expect(page.getByText("Saved: Role profile.")).toBeVisible();
	});
});

test.describe("for a member", () => {
	test.use({ person: "member" });

	test("what may not be changed offers no way to", async ({ page }) => {
		await arrive(page, "/registers/system", "Systems");
		await page.getByRole("grid").getByRole("link", { name: /^SYS-/ }).first().click();
		await expect(page.getByRole("heading", { name: "History" })).toBeVisible();
		await page.goto("/registers/personnel_case");
		await expect(page.getByText("This register is not for your roles")).toBeVisible();
		await clean(page);
	});
});

test.describe("an import", () => {
	const csv = (rows: string[]) => ({ name: "leavers.csv", mimeType: "text/csv", buffer: Buffer.from(rows.join("\n") + "\n") });

	test("guesses the columns, tells what would happen with each line that is wrong, and takes the others in", async ({ page }) => {
		const mark = `imp${Date.now()}`;
		await arrive(page, "/registers/account/import", /Import/);
		await page.getByLabel("File", { exact: true }).setInputFiles(csv(["Account no;LOGIN;Kind;Remark", `${mark}-1;ann;user;x`, `${mark}-2;;user;x`, `${mark}-3;"bo;b";nope;x`]));
		const columns = page.getByRole("region", { name: "2. What its columns are" });
		await expect(columns.getByLabel("Field for the column LOGIN")).toHaveValue("login");
		await expect(columns.getByLabel("Field for the column Remark")).toHaveValue("");
		await expect(page.getByText("No column is the key")).toBeVisible();
		await columns.getByLabel("Field for the column Account no").selectOption("Key");
		await page.getByLabel("Source", { exact: true }).fill(mark);
		await page.getByRole("button", { name: "See what would happen" }).click();
		await expect(page.getByRole("row", { name: "New records 1" })).toBeVisible();
		await expect(page.getByRole("row", { name: /^3 LOGIN .*must be given/ })).toBeVisible();
		await expect(page.getByRole("row", { name: /^4 Kind 'nope' is no value/ })).toBeVisible();
		await clean(page);
		await page.getByRole("button", { name: "Take in the others, without the 2 rejected" }).click();
		await expect(page.getByText("It is taken in.")).toBeVisible();
		await page.goto(`/registers/account?filter=feed%3D${mark}`);
		await expect(page.getByRole("gridcell", { name: "ann", exact: true })).toBeVisible();
		// The columns are known when such a file comes again.
		await page.goto("/registers/account/import");
		await page.getByLabel("File", { exact: true }).setInputFiles(csv(["Account no,LOGIN", `${mark}-1,ann`]));
		await expect(page.getByLabel("Field for the column Account no")).toHaveValue("key");
		await page.getByLabel("Source", { exact: true }).fill(mark);
		await page.getByRole("button", { name: "See what would happen" }).click();
		await expect(page.getByRole("row", { name: "As they are already 1" })).toBeVisible();
	});

	test("says kindly of a wrong file what it is and what to do, and takes nothing in", async ({ page }) => {
		await arrive(page, "/registers/account/import", /Import/);
		const file = page.getByLabel("File", { exact: true });
		const look = page.getByRole("button", { name: "See what would happen" });
		const wrong: [string, Buffer, RegExp][] = [
			["book.xlsx", Buffer.from("PK\u0003\u0004 and so on"), /workbook.*save the sheet as CSV/],
			["picture.csv", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0]), /no text file/],
			["latin.csv", Buffer.from([0x6b, 0x65, 0x79, 0x0a, 0xe9, 0x0a]), /not in UTF-8/],
			["unicode.csv", Buffer.from("\ufeffkey\tlogin\nu1\tann\n", "utf16le"), /UTF-16.*Save it as CSV \(UTF-8\)/],
			["empty.csv", Buffer.alloc(0), /empty/],
			["head.csv", Buffer.from("key,login\n"), /a line of names, and no records/],
			["twice.csv", Buffer.from("key,login,login\na,b,c\n"), /Two columns have the name 'login'/],
			["half.json", Buffer.from('{"key": "a"}\n{"key": '), /Line 2 is no JSON/],
			["people.jsonl", Buffer.from('{"register": "person", "key": "a"}\n'), /Record 1 says that it is of the register 'person', and this is 'account'/],
		];
		for (const [name, buffer, what] of wrong) {
			await file.setInputFiles({ name, mimeType: "text/csv", buffer });
			await expect(page.getByText(what)).toBeVisible();
			await expect(file).toHaveAttribute("aria-invalid", "true");
			await expect(look).toHaveCount(0);
		}
		// Too big: by itself, and in one row.
		const big = `${folder}big.csv`;
		writeFileSync(big, "key,login\n");
		truncateSync(big, 65 * 1024 * 1024);
		await file.setInputFiles(big);
		await expect(page.getByText(/more than 64 MB. Part it/)).toBeVisible();
		await file.setInputFiles(csv(["key,login,role_profile", `big-1,ann,${"x".repeat(1_100_000)}`, "big-2,bob,small"]));
		await page.getByLabel("Source", { exact: true }).fill(`wrong${Date.now()}`);
		await look.click();
		await expect(page.getByRole("row", { name: "New records 1" })).toBeVisible();
		await expect(page.getByRole("row", { name: /^2 .*the row is longer than [\d,]+ bytes/ })).toBeVisible();
		// Of another register: what it has is none of this one's.
		await file.setInputFiles(csv(["Colour,Weight", "red,7"]));
		await expect(page.getByText("No column but that of the key has the name of a field. Is this a file of Accounts?")).toBeVisible();
		await expect(page.getByText("No column is the key")).toBeVisible();
		await expect(look).toBeDisabled();
		await file.setInputFiles(csv(["key,kind", "red,user"]));
		await expect(page.getByText("No column is Login, which every new record must have. Is this a file of Accounts?")).toBeVisible();
		await look.click();
		await expect(page.getByRole("row", { name: "New records 0" })).toBeVisible();
		await expect(page.getByRole("row", { name: /^2 .*must be given/ })).toBeVisible();

		await file.setInputFiles({ name: "list.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify([{ key: "j1", login: "jay" }])) });
		await look.click();
		await expect(page.getByRole("row", { name: "New records 1" })).toBeVisible();
		await clean(page, ["light"]);
	});
});
