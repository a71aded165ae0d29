// Writes docs/screenshots, of every page and in both sets of colours, as they are at one moment: SCREENSHOTS=1 make browser-tests.

import { writeFileSync } from "node:fs";
import { clock, expect, stranger, test } from "./people";
import { fewColours } from "./picture";
import { good } from "./server";
import { Watch } from "./walk";

const folder = new URL("../../docs/screenshots/", import.meta.url).pathname;
const pages: Record<string, string> = {
	posture: "/",
	"posture-section": "/?section=6.5&organisation=quillstone",
	cell: "/cells/9.5-f/marrowdale",
	plan: "/plan",
	"plan-duty": "/plan/6.5?duty=6.5-c",
	work: "/work",
	calendar: "/work/calendar?scope=all",
	registers: "/registers",
	register: "/registers/account?filter=kind%3Dprivileged",
	record: "/records/ACC-1",
	"new-record": "/registers/account/new",
	import: "/registers/account/import",
	findings: "/findings",
	people: "/people?show=leavers",
	person: "/people/PER-1",
	ledger: "/ledger?record=ACC-1&version=1",
	administration: "/admin/feeds",
	"administration-jobs": "/admin/jobs",
	"administration-assessments": "/admin/assessments",
	"administration-plan": "/admin/plan",
	account: "/account",
};

test.use({ viewport: { width: 1120, height: 700 } });

for (const colorScheme of ["light", "dark"] as const) {
	const take = (name: string, path: string, also?: (watch: Watch) => Promise<unknown>) =>
		test(`${name}, ${colorScheme}`, async ({ page, context }) => {
			// The page goes by the time of the server's answers, which a web server has from the machine.
			await context.clock.setFixedTime(clock);
			await context.addInitScript((now) => {
				const get = Headers.prototype.get;
				Headers.prototype.get = function (this: Headers, name: string) {
					return name === "Date" ? now : get.call(this, name);
				};
			}, new Date(clock).toUTCString());
			await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
			const watch = new Watch(page);
			await watch.go(path);
			await also?.(watch);
			const file = `${folder}${name}-${colorScheme}.png`;
			const picture = fewColours(await page.screenshot({ scale: "css", animations: "disabled", caret: "hide" }));
			expect(picture.length, file).toBeLessThan(150_000);
			writeFileSync(file, picture);
		});
	const columns = async ({ page }: Watch) => {
		const rows = await good<{ records: { key: string; login: string }[] }>(page.request.get("/api/v1/registers/account/records?fields=key,login&limit=4"));
		const buffer = Buffer.from(["Account no;Login;Kind;Remark", ...rows.records.map((row) => `${row.key};${row.login};user;as listed`), ""].join("\n"));
		await page.getByLabel("File", { exact: true }).setInputFiles({ name: "accounts.csv", mimeType: "text/csv", buffer });
		await page.getByLabel("Field for the column Account no").selectOption("Key");
	};
	for (const [name, path] of Object.entries(pages)) take(name, path, name === "import" ? columns : undefined);

	test.describe("an administrator", () => {
		test.use({ person: "admin" });
		take("administration-users", "/admin/users");
	});
	test.describe("nobody yet", () => {
		test.use({ storageState: stranger });
		take("sign-in", "/");
	});
}
