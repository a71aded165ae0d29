// What takes a server of its own: a register that nobody's code knows, a server that is killed, names that are none, and a page that
// breaks. The tests go one after another, on the same workspace.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { clean } from "./axe";
import { expect, folder, test as base, type stranger } from "./people";
import { enter, good, run, serve, type Served } from "./server";
import { beyond, Watch } from "./walk";

const own = `${folder}own/`;
const register = `
name: vehicle
code: 199
prefix: VEH
title: Vehicles
about: "What carries media and people between sites."
write: [security_operations_manager]
fields:
  - {name: name, type: text, required: true, label: Name, help: "As it is called at the gate."}
  - {name: body, type: enum, values: [van, lorry, car], label: Body}
  - {name: keeper, type: ref, to: [person], indexed: true, label: Keeper}
  - {name: calls_at, type: refs, to: [site], label: Calls at}
  - {name: fitted_with, type: enum_set, values: [safe, tracker, dash_camera], label: Fitted with}
  - {name: plates, type: text_list, label: Plates}
  - name: inspections
    type: list
    label: Inspections
    fields:
      - {name: held_on, type: date, label: Held on}
      - {name: inspector, type: ref, to: [person], label: By}
      - {name: passed, type: bool, label: Passed}
  - {name: bought_on, type: date, label: Bought on}
  - {name: seen_at, type: datetime, label: Seen at}
  - {name: seats, type: int, label: Seats}
  - {name: load, type: decimal, label: Load}
  - {name: armoured, type: bool, label: Armoured}
  - {name: answers_to, type: role, label: Answers to}
  - {name: carries_up_to, type: classification, label: Carries up to}
  - {name: papers, type: file, label: Papers}
states: [ordered, in_use, sold]
transitions:
  - {from: ordered, to: in_use}
  - {from: in_use, to: sold}
`;

let served: Served;
const test = base.extend<object, { own_server: void }>({
	own_server: [
		async ({}, use) => {
			rmSync(own, { recursive: true, force: true });
			mkdirSync(own, { recursive: true });
			cpSync(new URL("../../content/", import.meta.url).pathname, `${own}content`, { recursive: true });
			writeFileSync(`${own}content/registers/vehicle.yaml`, register.trimStart());
			run("demo", "--home", `${own}home`, "--content", `${own}content`, "--records", "3000", "--months", "2");
			served = await serve(`${own}home`);
			await enter(served, ["som"], own);
			await use();
			process.kill(served.pid);
		},
		{ scope: "worker", auto: true, timeout: 240_000 },
	],
	storageState: async ({ person }, use) => use(JSON.parse(readFileSync(`${own}${person}.json`, "utf8")) as typeof stranger),
	baseURL: async ({}, use) => use(served.url),
});
test.describe.configure({ mode: "default", timeout: 60_000 });
test.use({ person: "som" });

const port = (): number => Number(new URL(served.url).port);
const history = async (page: Page, id: string) => (await good<{ versions: Record<string, unknown>[] }>(page.request.get(`/api/v1/records/${id}/history`))).versions;

test("a register that the content alone describes is listed, filled in, filtered, changed, imported and found", async ({ page }) => {
	const watch = new Watch(page);
	await watch.go("/registers");
	await page.getByRole("link", { name: "Vehicles", exact: true }).click();
	await expect(page.getByText("There are no records yet")).toBeVisible();
	await page.getByRole("link", { name: "New record" }).click();
	await page.getByLabel("Key", { exact: true }).fill("tow-7");
	await page.getByRole("button", { name: "Make the record" }).click();
	const name = page.getByLabel(/^Name/);
	await expect(name).toHaveAttribute("aria-invalid", "true");
	await name.fill("Tow truck seven");
	await page.getByLabel("Body", { exact: true }).selectOption("Lorry");
	const pick = async (label: string) => {
		await page.getByLabel(label, { exact: true }).click();
		await page.getByRole("listbox").getByRole("option").first().click();
	};
	await pick("Keeper");
	await pick("Calls at");
	await page.getByRole("checkbox", { name: "Dash camera" }).check();
	await page.getByRole("checkbox", { name: "Safe", exact: true }).check();
	await page.getByLabel("Plates", { exact: true }).fill("TOW 7\nTOW 7A");
	await page.getByRole("button", { name: "Add a row" }).click();
	await page.getByLabel("Held on, row 1").fill("2026-05-04");
	await pick("By, row 1");
	await page.getByLabel("Passed, row 1").selectOption("Yes");
	await page.getByLabel("Bought on", { exact: true }).fill("2024-02-29");
	await page.getByLabel("Seen at", { exact: true }).fill("2026-07-01T13:00");
	await page.getByLabel("Seats", { exact: true }).fill("3");
	await page.getByLabel("Load", { exact: true }).fill("7.5");
	await page.getByLabel("Armoured", { exact: true }).selectOption("No");
	await page.getByLabel("Answers to", { exact: true }).selectOption("Service manager");
	await page.getByLabel("Carries up to", { exact: true }).selectOption("Confidential");
	// What lies half under the bar that stays in sight would be scrolled to first.
	await page.setViewportSize({ width: 1280, height: 2400 });
	await clean(page, ["light"]);
	await page.setViewportSize({ width: 1280, height: 800 });
	await page.getByRole("button", { name: "Make the record" }).click();
	await expect(page.getByRole("heading", { level: 1, name: "Tow truck seven" })).toBeVisible();
	await watch.settled();
	const main = page.getByRole("main");
	for (const told of ["Lorry", "Dash camera, Safe", "TOW 7, TOW 7A", "4 May 2026", "29 Feb 2024", "1 Jul 2026, 13:00", "7.5", "Service manager", "Confidential"])
		await expect(main.getByText(told, { exact: true }).first()).toBeVisible();
	await clean(page, ["light"]);
	const id = /VEH-\d+/.exec(page.url())?.[0] ?? "";

	await page.getByRole("button", { name: "Edit" }).click();
	await page.getByLabel("Seats", { exact: true }).fill("two");
	await page.getByRole("button", { name: "Save", exact: true }).click();
	await expect(page.getByLabel("Seats", { exact: true })).toHaveAttribute("aria-invalid", "true");
	await page.getByLabel("Seats", { exact: true }).fill("2");
	await page.getByRole("checkbox", { name: "Tracker" }).check();
	await page.getByRole("button", { name: "Save", exact: true }).click();
	await expect(page.getByText("Saved: Fitted with, Seats.")).toBeVisible();
	await page.getByRole("region", { name: "State" }).getByRole("button", { name: "In use" }).click();
	await expect(page.getByText("It is in use now.")).toBeVisible();
	await expect(page.getByRole("region", { name: "History" })).toContainText(/Seats.*3.*2/s);

	// In the list: where it stands, and by a filter of each kind.
	await watch.go("/registers/vehicle");
	await page.getByRole("gridcell", { name: "Lorry", exact: true }).dblclick();
	await page.getByLabel(`Body of ${id}`).selectOption("Van");
	await page.keyboard.press("Enter");
	await expect(page.getByRole("gridcell", { name: "Van", exact: true })).toBeVisible();
	for (const filter of ["body=van", "fitted_with=tracker", "plates=TOW 7A", "seats<3", "load>=7.5", "armoured=false", "bought_on<2024-03-01", "carries_up_to=confidential", "answers_to=service_manager", "inspections.passed=true"]) {
		await watch.go(`/registers/vehicle?filter=${encodeURIComponent(filter.includes(" ") ? filter.replace("=", '="') + '"' : filter)}`);
		await expect(page.getByRole("gridcell", { name: id, exact: true }), filter).toBeVisible();
	}
	await watch.go("/registers/vehicle?filter=body%3Dcar");
	await expect(page.getByText("No record fits")).toBeVisible();

	// A file, whose columns are named otherwise.
	await watch.go("/registers/vehicle/import");
	const rows = (...lines: string[]) => ({ name: "fleet.csv", mimeType: "text/csv", buffer: Buffer.from(["No;NAME;Body;Places;Armoured", ...lines, ""].join("\n")) });
	const take = async (file: ReturnType<typeof rows>, would: string) => {
		await page.getByLabel("File", { exact: true }).setInputFiles(file);
		await page.getByLabel("Field for the column No", { exact: true }).selectOption("Key");
		await page.getByLabel("Field for the column Places").selectOption("Seats");
		await expect(page.getByLabel("Field for the column NAME")).toHaveValue("name");
		await page.getByLabel("Source", { exact: true }).fill("fleet");
		await page.getByRole("button", { name: "See what would happen" }).click();
		await expect(page.getByRole("row", { name: would })).toBeVisible();
	};
	await take(rows("van-1;Van one;van;3;yes", "van-2;Van two;sleigh;3;no"), "New records 1");
	await expect(page.getByRole("row", { name: /^3 Body 'sleigh' is no value/ })).toBeVisible();
	await page.getByRole("button", { name: /^Take in the others/ }).click();
	await expect(page.getByText("It is taken in.")).toBeVisible();
	await watch.go("/registers/vehicle/import");
	await take(rows("van-1;Van one;van;5;yes"), "Changed 1");
	await page.getByRole("button", { name: "Take it in" }).click();
	await expect(page.getByText("It is taken in.")).toBeVisible();
	await page.getByRole("link", { name: "To the list" }).click();
	await page.getByRole("gridcell", { name: "van-1", exact: true }).click();
	await page.keyboard.press("Enter");
	await expect(page.getByRole("region", { name: "History" })).toContainText(/Seats.*3.*5/s);

	// By its name and by what it says.
	await page.keyboard.press("Control+k");
	await page.keyboard.type("tow truck");
	await expect(page.getByRole("option", { name: /Tow truck seven/ })).toBeVisible();
	await page.keyboard.press("Control+a");
	await page.keyboard.type("vehicles");
	await page.keyboard.press("Enter");
	await expect(page.getByRole("heading", { level: 1, name: "Vehicles" })).toBeVisible();
	expect((await history(page, id)).length).toBe(4);
});

test("a server that is killed under a form loses nothing of it, and what it did already it does once", async ({ page }) => {
	const made = await good<{ id: string }>(page.request.post("/api/v1/registers/vehicle/records", { data: { key: "killed", name: "Killed" } }));
	const kill = () => process.kill(served.pid, "SIGKILL");
	const again = async () => (served = await serve(served.home, port()));
	const away = page.getByText("The server does not answer. What you typed is kept");
	const watch = new Watch(page);

	await watch.go(`/records/${made.id}?edit=1`);
	await page.getByLabel(/^Name/).fill("Typed before it was killed");
	kill();
	await page.getByRole("button", { name: "Save", exact: true }).click();
	await expect(away).toBeVisible();
	await expect(page.getByLabel(/^Name/)).toHaveValue("Typed before it was killed");
	await again();
	await expect(page.getByText("Saved: Name.")).toBeVisible();
	await expect(away).toBeHidden();
	expect((await history(page, made.id)).map((one) => one["name"])).toEqual(["Killed", "Typed before it was killed"]);

	// It is done, and the server dies before it has said so.
	const lost: string[] = [];
	await page.route(/\/api\/v1\/(registers\/vehicle\/records|records\/VEH-\d+)$/, async (route) => {
		const method = route.request().method();
		if (method === "GET" || lost.includes(method)) return route.fallback();
		lost.push(method);
		const done = await route.fetch();
		expect(done.ok(), `${done.status()} ${await done.text()}`).toBe(true);
		kill();
		await route.abort("connectionreset");
	});
	const unheard = async (method: string, name: string) => {
		await page.getByRole("button", { name, exact: true }).click();
		await expect(away).toBeVisible();
		await again();
		await expect(away).toBeHidden();
		await expect(page.getByRole("alert")).toHaveCount(0);
		expect(lost.splice(0)).toEqual([method]);
	};
	await watch.go("/registers/vehicle/new");
	await page.getByLabel("Key", { exact: true }).fill("once");
	await page.getByLabel(/^Name/).fill("Once alone");
	await unheard("POST", "Make the record");
	await expect(page.getByRole("heading", { level: 1, name: "Once alone" })).toBeVisible();
	// Nobody has a conflict with himself: not by what he saves, nor by a step, nor when it ends.
	const id = /VEH-\d+/.exec(page.url())?.[0] ?? "";
	const versions = async () => (await history(page, id)).map((one) => [one["name"], one["state"]]);
	await page.getByRole("button", { name: "Edit" }).click();
	await page.getByLabel(/^Name/).fill("Once changed");
	await unheard("PATCH", "Save");
	await expect(page.getByText("Saved: Name.")).toBeVisible();
	await unheard("PATCH", "In use");
	await expect(page.getByText("It is in use now.")).toBeVisible();
	expect(await versions()).toEqual([
		["Once alone", "ordered"],
		["Once changed", "ordered"],
		["Once changed", "in_use"],
	]);
	await watch.go(`/registers/vehicle?filter=${encodeURIComponent('name="Once changed"')}`);
	await expect(page.getByText("1 record", { exact: true })).toBeVisible();
	await expect(page.getByRole("gridcell", { name: "once", exact: true })).toBeVisible();
	await watch.go(`/records/${id}`);
	await page.getByRole("button", { name: "Retire" }).click();
	await unheard("DELETE", "Retire it");
	await expect(page).toHaveURL(/\/registers\/vehicle$/);
	expect((await versions()).length).toBe(4);
});

test("names that are markup, right to left or ten thousand characters are shown as they are, wherever they stand", async ({ page, request }) => {
	const markup = `<img src=x onerror=alert(1)><script>alert(2)</script>`;
	const name = `${markup} شركة الأمن 👩‍💻`;
	await page.addInitScript(() => {
		const ran: string[] = [];
		Object.assign(globalThis, { ran });
		for (const call of ["alert", "confirm", "prompt"] as const) Object.assign(globalThis, { [call]: () => ran.push(call) });
		addEventListener("securitypolicyviolation", (event) => ran.push(`${event.violatedDirective} ${event.blockedURI}`));
	});
	interface Record {
		id: string;
		row_version: number;
	}
	const first = async (register: string, filter = ""): Promise<Record> => {
		const page = await good<{ records: Record[] }>(request.get(`/api/v1/registers/${register}/records?fields=row_version&limit=1&filter=${encodeURIComponent(filter)}`));
		return page.records[0] as Record;
	};
	const rename = async (register: string, filter = ""): Promise<string> => {
		const one = await first(register, filter);
		const field = (await good<{ named_by: string }>(request.get(`/api/v1/registers/${register}`))).named_by;
		const change = request.patch(`/api/v1/records/${one.id}`, { data: { [field]: name }, headers: { "If-Match": `"${one.row_version}"` } });
		return (await good<Record>(change)).id;
	};
	const worst = await rename("organisation", "kind=member");
	const late = { obligation: name, summary: name, severity: "high", due_on: "2020-01-01" };
	const finding = (await good<Record>(request.post("/api/v1/registers/finding/records", { data: { key: "markup", ...late } }))).id;
	const account = await rename("account");
	const long = `${name} ${"long ".repeat(2000)}`.slice(0, 10_000);
	const vehicle = await good<Record>(request.post("/api/v1/registers/vehicle/records", { data: { name: long, key: `${markup}` } }));
	// Who keeps people is another: the files of the workspace are the command line's.
	const person = (await first("person")).id;
	const { key, feed, organisation } = await good<{ key: string; feed: string; organisation: { key: string } }>(request.get(`/api/v1/records/${person}`));
	writeFileSync(`${own}person.csv`, `key,feed,organisation,name\n${key},${feed},${organisation.key},"${name}"\n`);
	run("import", `${own}person.csv`, "--home", served.home);

	const watch = new Watch(page);
	const told = async (path: string, where = page.getByRole("main")) => {
		await watch.go(path);
		await expect(where.getByText(markup).first(), path).toBeVisible();
		await harmless(path);
	};
	const harmless = async (path: string) => {
		expect(await page.evaluate(() => (globalThis as unknown as { ran: string[] }).ran), path).toEqual([]);
		await expect(page.locator("img[src='x'], main script, dialog script"), path).toHaveCount(0);
		await page.setViewportSize({ width: 320, height: 640 });
		await expect.poll(() => beyond(page), { message: `what ${path} is too wide by` }).toBeLessThanOrEqual(0);
		await page.setViewportSize({ width: 1280, height: 800 });
	};
	await told("/");
	for (const id of [worst, finding, account, person, vehicle.id]) {
		await told(`/records/${id}`);
		expect(await page.title()).toContain("<img src=x onerror=alert(1)>");
		await expect(page.getByRole("heading", { level: 1 })).toContainText(markup);
	}
	await expect(page.getByText("Show all 10,000 characters").first()).toBeVisible();
	for (const [register, id] of [["organisation", worst], ["finding", finding], ["account", account], ["person", person], ["vehicle", vehicle.id]] as const)
		await told(`/registers/${register}?filter=id%3D${id}`);
	await told(`/records/${account}`, page.getByRole("region", { name: "History" }));
	await told("/findings");
	await told(`/people?q=${encodeURIComponent("onerror")}`);
	await told(`/people/${person}`);
	await told("/admin/feeds");
	await told(`/registers/account?filter=${encodeURIComponent(`login~"${markup}"`)}`);
	await page.keyboard.press("Control+k");
	await page.keyboard.type("onerror");
	await expect(page.getByRole("option").filter({ hasText: markup }).first()).toBeVisible();
	await clean(page, ["light"]);
	await harmless("the palette");
});

test("a page that breaks says so, leads out, and the server's log has it", async ({ page, faults }) => {
	const lines = () =>
		readFileSync(served.log, "utf8")
			.split("\n")
			.filter((line) => line.includes("browser_error"))
			.map((line) => JSON.parse(line) as { page: string; message: string; stack: string; who: string });
	const posture = /\/api\/v1\/posture(\?|$)/;
	await page.route(posture, async (route) => {
		const response = await route.fetch();
		await route.fulfill({ response, json: { ...((await response.json()) as object), tallies: [null] } });
	});
	await page.goto("/");
	await expect(page.getByRole("heading", { level: 1, name: "This page broke" })).toBeVisible();
	await expect(page.getByRole("alert")).toContainText("Something on this page went wrong");
	await clean(page, ["light"]);
	await expect.poll(() => lines().map((line) => line.page)).toContain("/");
	expect(lines()[0]?.who).toContain("som");
	expect(lines()[0]?.stack).toContain(".js");
	// The way out, and the page itself when what broke it is over.
	await page.unroute(posture);
	await page.getByRole("button", { name: "Show the page again" }).click();
	await expect(page.getByRole("table")).toBeVisible();

	// What is thrown apart from drawing leaves the page as it is.
	await page.evaluate(() => setTimeout(() => {
		throw new Error("thrown by a test");
	}));
	await expect(page.getByRole("alert").filter({ hasText: "thrown by a test" })).toBeVisible();
	await expect.poll(() => lines().map((line) => line.message).join()).toContain("thrown by a test");
	await page.getByRole("alert").getByRole("button", { name: "Close" }).click();
	await expect(page.getByRole("alert")).toHaveCount(0);
	expect(faults.splice(0).join()).toContain("thrown by a test");
});
