// face.mjs -- what the pages take of somebody's time, measured in Chromium with the Playwright of tests/browser. bench/face.sh runs it.
//
// usage: face.mjs URL OUT pages | lists STORE
//
// `pages`: the first load, the posture, and each main route when somebody first goes there. `lists`: the longest list, of accounts, by
// wheel, bar and keyboard, held against the store's own order, and letters typed into filters. Each measure appends its rounds, one a
// line, to a file of its name in OUT.
import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { chromium, request } from "../../tests/browser/node_modules/playwright-core/index.mjs";

const [url, out, what, store] = process.argv.slice(2);
const rounds = 5;
const keep = (name, ...values) => appendFileSync(`${out}/${name}`, values.map((value) => value.toFixed(2)).join(" ") + "\n");
const fail = (why) => {
	throw new Error(why);
};

const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell",
	// Bars as people have them.
	ignoreDefaultArgs: ["--hide-scrollbars"],
	args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

/** Signs in, with a second factor where the roles ask for one; once, as the session outlives a server. */
async function signIn(state) {
	if (existsSync(state)) return;
	const door = await request.newContext({ baseURL: `${url}/api/v1/` });
	const asked = async (path, data) => {
		const answer = await door.post(path, { data });
		return answer.ok() ? answer.text() : fail(`the login cannot sign in: ${await answer.text()}`);
	};
	const { enrolment_due } = JSON.parse(await asked("session", { name: "face", password: "correct horse battery 9" }));
	if (enrolment_due) {
		const { secret } = JSON.parse(await asked("me/second-factor"));
		await asked("me/second-factor/confirm", { code: execFileSync("oathtool", ["--totp", "-b", secret], { encoding: "utf8" }).trim() });
	}
	// Words are taken in once after so many records; that is not what is measured here.
	for (let seconds = 600; !(await (await door.get("search?q=nobody")).json()).up_to_date; seconds--) {
		if (seconds === 0) fail("the index for words is never whole");
		await new Promise((done) => setTimeout(done, 1000));
	}
	await door.storageState({ path: state });
}
const storageState = `${out}/state.json`;
await signIn(storageState);

/** A browser that has seen nothing yet but the cookie, and its page. */
async function fresh() {
	const context = await browser.newContext({ storageState, baseURL: url, viewport: { width: 1280, height: 800 }, locale: "en-GB", timezoneId: "Europe/London" });
	await context.addInitScript({ content: readFileSync(new URL("watch.js", import.meta.url), "utf8") });
	const page = await context.newPage();
	page.setDefaultTimeout(15_000);
	page.on("pageerror", (error) => fail(`the page has a fault: ${error}`));
	return page;
}

/** How long something takes to be answered by what is wanted. */
async function timed(page, act, wanted) {
	await page.evaluate((all) => bench.after(all), wanted);
	await act();
	return page.evaluate(() => Promise.race([bench.result, new Promise((_, stop) => setTimeout(() => stop(new Error("it never came")), 20_000))]));
}

const matrix = { title: "Posture", path: "^/$", there: { "table .crossing": 100 } };

/** Bytes as they come over the network. */
async function weigh(page) {
	const sent = new Map();
	const session = await page.context().newCDPSession(page);
	await session.send("Network.enable");
	session.on("Network.responseReceived", ({ requestId, response }) => sent.set(requestId, { path: new URL(response.url).pathname, bytes: 0 }));
	session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => sent.has(requestId) && (sent.get(requestId).bytes = encodedDataLength));
	return () => [...sent.values()];
}

async function arrive(page) {
	await page.goto("/", { waitUntil: "commit" });
	await page.evaluate((wanted) => bench.arrived(wanted), matrix);
	const crossing = page.locator("table .crossing").first();
	await crossing.focus();
	const before = await crossing.getAttribute("aria-label");
	await page.keyboard.press("ArrowRight");
	// When the frame after the key shows another crossing with the focus.
	return page.evaluate(async (before) => {
		while (document.activeElement?.getAttribute("aria-label") === before) await new Promise(requestAnimationFrame);
		return performance.now();
	}, before);
}

const nav = (name) => (page) => page.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: true }).click();
const routes = [
	["cell", (page) => page.locator('section[aria-labelledby="duties"] a[href^="/cells/"]').first().click(), { title: "^\\d", path: "^/cells/", there: { 'section[aria-label="Where it stands"]': 1, 'section[aria-labelledby="failures"]': 1, 'section[aria-labelledby="history"] li': 1 }, quiet: true }],
	["registers", nav("Registers"), { title: "Registers", path: "^/registers$", there: { "main li": 10 }, quiet: true }],
	["list", (page) => page.locator('main a[href="/registers/account"]').click(), { title: "Accounts", path: "^/registers/account$", there: { "tr[data-row] a": 20 } }],
	["record", (page) => page.locator("tr[data-row] a").first().click(), { path: "^/records/", there: { "main dl dd": 10, "main h2": 4 }, quiet: true }],
	["plan", nav("Plan"), { title: "Security", path: "^/plan$", there: { "main article": 50 }, quiet: true }],
	["work", nav("My work"), { title: "My work", path: "^/work$", there: { "main section": 4 }, quiet: true }],
	["findings", nav("Findings"), { title: "Findings", path: "^/findings$", there: { "main table td": 3 }, quiet: true }],
	["people", nav("People"), { title: "People", path: "^/people$", there: { "main table td": 20 }, quiet: true }],
	["ledger", nav("Ledger"), { title: "Ledger", path: "^/ledger$", there: { "main dl dd": 3 }, quiet: true }],
	["admin", nav("Administration"), { title: "Administration", path: "^/admin", there: { "main nav li": 1 }, quiet: true }],
	["posture", nav("Posture"), { ...matrix, quiet: true }],
];

async function pages() {
	for (let round = 0; round < rounds; round++) {
		const page = await fresh();
		const weighed = await weigh(page);
		keep("posture", await arrive(page));
		await page.waitForTimeout(300);
		const all = weighed();
		const sum = (some) => some.reduce((bytes, one) => bytes + one.bytes, 0) / 1000;
		keep("first", sum(all), sum(all.filter((one) => !one.path.startsWith("/api/"))), all.length);
		for (const [name, act, wanted] of routes) {
			const ms = await timed(page, () => act(page), wanted).catch((error) => fail(`${name}: ${error}`));
			keep(`to_${name}`, ms);
			await page.waitForTimeout(100);
		}
		await page.context().close();
	}
}

/** The record at a place of the list by number, as the store has it. */
function recordAt(prefix, place) {
	const sql = `select id & 0xffffffffff from account order by id limit 1 offset ${place}`;
	return `${prefix}-${execFileSync("sqlite3", ["-readonly", store, sql], { encoding: "utf8" }).trim()}`;
}

async function lists() {
	const total = Number(execFileSync("sqlite3", ["-readonly", store, "select count(*) from account"], { encoding: "utf8" }));
	const page = await fresh();
	await page.goto("/registers/account");
	await page.evaluate(() => bench.arrived({ there: { "tr[data-row] a": 20 } }));
	await page.waitForFunction((total) => document.querySelector("[role=grid]").getAttribute("aria-rowcount") === String(total + 1), total);
	/** All rows that are seen are those of the store. */
	const right = async (first) => {
		const rows = await page.evaluate(() => bench.rows());
		for (const one of [rows[0], rows.at(-1)])
			if (one.id !== recordAt("ACC", one.place)) fail(`row ${one.place} is ${one.id}, and not ${recordAt("ACC", one.place)}`);
		if (first !== undefined && !rows.some((row) => row.place === first)) fail(`row ${first} is not seen, but ${rows[0].place} to ${rows.at(-1).place}`);
		return rows;
	};
	const watched = async (name, act) => {
		await page.evaluate(() => bench.count());
		await act();
		const soon = await page.evaluate(() => bench.filled());
		const frames = await page.evaluate(() => bench.counted());
		keep(`frame_${name}`, Math.max(...frames), frames.length);
		keep(`soon_${name}`, soon);
	};
	const box = page.locator("[role=grid]").locator("..");
	const at = await box.boundingBox();
	const bar = await box.evaluate((one) => ({ width: one.offsetWidth - one.clientWidth, height: one.clientHeight }));
	if (bar.width < 5) fail("the list has no bar");
	const x = at.x + at.width - bar.width / 2;
	const [top, bottom] = [at.y + bar.width + 4, at.y + bar.height - 2];

	for (let round = 0; round < 3; round++) {
		await page.mouse.move(at.x + 300, at.y + 200);
		await watched("wheel", async () => {
			for (let i = 0; i < 150; i++) await page.mouse.wheel(0, 600);
		});
		if ((await right())[0].place < 2500) fail("the wheel does not scroll");
		await page.locator("[data-row] > [tabindex='0']").focus();
		await watched("keys", async () => {
			for (let i = 0; i < 40; i++) await page.keyboard.press("PageDown");
		});
		await right();
		await page.keyboard.press("Home");
		await page.evaluate(() => bench.filled());
		await right(0);
		// From the top to the very end, back to the middle, and up again, without letting go but for a look.
		await page.mouse.move(x, top);
		await page.mouse.down();
		let y = top;
		for (const [name, goal, row] of [["end", bottom + 40, total - 1], ["middle", (top + bottom) / 2, undefined], ["top", top - 40, 0]]) {
			await watched(`bar_${name}`, async () => {
				for (let i = 1; i <= 30; i++) await page.mouse.move(x, y + ((goal - y) * i) / 30);
			});
			y = goal;
			await right(row);
		}
		await page.mouse.up();
		await page.locator("[data-row] > [tabindex='0']").focus();
		await watched("end_key", () => page.keyboard.press("End"));
		await right(total - 1);
		await page.mouse.move(at.x + 300, at.y + 200);
		await watched("wheel_deep", async () => {
			for (let i = 0; i < 100; i++) await page.mouse.wheel(0, -600);
		});
		await right();
		await page.keyboard.press("Home");
		await page.evaluate(() => bench.filled());
	}
	await typing(page);
	await page.context().close();
}

async function typing(page) {
	const letters = async (name, field, begin, typed, wanted) => {
		for (let i = 1; i <= typed.length; i++) {
			const ms = await timed(page, () => page.keyboard.press(typed[i - 1]), wanted(begin + typed.slice(0, i)));
			keep(`type_${name}`, ms);
			// Somebody types ten letters a second.
			await page.waitForTimeout(Math.max(0, 100 - ms));
		}
		await field.fill("");
		await page.waitForTimeout(500);
	};
	await page.getByRole("button", { name: "As text" }).click();
	const filter = page.getByRole("textbox", { name: "Filter" });
	for (const [begin, typed] of [["key>=", "KB-10"], ["login~", "ann.s"], ["kind=privileged key~", "10"], ["organisation=nimbusforth login~", "smith"]]) {
		await filter.fill(begin);
		await page.waitForTimeout(500);
		await letters("list", filter, begin, typed, (text) => ({ typed: true, answered: `filter=${text}&`, quiet: true }));
	}
	await page.goto("/people");
	await page.evaluate(() => bench.arrived({ there: { "main table td": 20 }, quiet: true }));
	const people = page.getByRole("searchbox");
	await people.focus();
	await letters("people", people, "", "smith", (text) => ({ typed: true, answered: `q=${text}&`, quiet: true }));
	await page.goto("/plan");
	await page.evaluate(() => bench.arrived({ there: { "main article": 50 }, quiet: true }));
	const plan = page.getByRole("searchbox");
	await plan.focus();
	await letters("plan", plan, "", "leaver", () => ({ typed: true, quiet: true }));
	await page.goto("/registers");
	await page.evaluate(() => bench.arrived({ there: { "main li": 10 } }));
	const registers = page.getByRole("searchbox");
	await registers.focus();
	await letters("registers", registers, "", "train", () => ({ typed: true, quiet: true }));
}

try {
	await { pages, lists }[what]();
} finally {
	await browser.close();
}
