// Every page of web/src/lib/routes.ts, for each of those who look: it is drawn without a fault, with a heading, a title and the marking,
// fits a telephone, leads to nothing that whoever looks may not see, and is refused in words where he may not have it.

import { readFileSync } from "node:fs";
import { request as requests, type APIRequestContext, type Page } from "@playwright/test";
import { clean } from "./axe";
import { expect, stateOf, test, type Person } from "./people";
import { good } from "./server";
import { beyond, Watch } from "./walk";

const source = readFileSync(new URL("../../web/src/lib/routes.ts", import.meta.url), "utf8");
const routes = [...source.matchAll(/\{ path: "([^"]+)", page:/g)].map((found) => found[1] ?? "");
/** Beside what the table of routes has: what a page shows by its query alone, or by a part of its own. */
const more = ["/findings?of=action", "/people?show=leavers", "/work?kind=failing", "/registers?q=a", "/?section=6.5", "/no-such-page"];
const parts = ["feeds", "assessments", "plan"];

interface Register {
	name: string;
	may: string[];
}
interface Cell {
	obligation: string;
	organisation: string;
}
type Values = Record<string, string>;

class Eyes {
	readonly request: APIRequestContext;
	constructor(request: APIRequestContext) {
		this.request = request;
	}
	get<T>(path: string): Promise<T> {
		return good<T>(this.request.get(`/api/v1${path}`));
	}
	async registers(): Promise<Register[]> {
		return (await this.get<{ registers: Register[] }>("/registers")).registers;
	}
	async records(register: string, filter = "", fields = "key"): Promise<{ id: string; name?: string | null }[]> {
		return (await this.get<{ records: { id: string }[] }>(`/registers/${register}/records?fields=${fields}&limit=200&filter=${encodeURIComponent(filter)}`)).records;
	}
	async cells(): Promise<Cell[]> {
		return (await this.get<{ cells: Cell[] }>("/cells")).cells;
	}
	/** Those of some records that are to be seen. */
	async sees(records: string[]): Promise<Set<string>> {
		const seen = new Set<string>();
		await Promise.all(
			records.map(async (record) => {
				const status = (await this.request.get(`/api/v1/records/${record}?fields=key`)).status();
				expect([200, 404], `what ${record} answers with`).toContain(status);
				if (status === 200) seen.add(record);
			}),
		);
		return seen;
	}
}

/** What a parameter of a path is for somebody who may see it; of each name of the table of routes there must be one. */
async function his(eyes: Eyes): Promise<Values> {
	const readable = (await eyes.registers()).filter((one) => one.may.includes("read"));
	const register = readable.find((one) => one.may.includes("import") && one.name === "account") ?? readable.find((one) => one.may.includes("add")) ?? readable[0];
	const cell = (await eyes.cells())[0];
	const [record] = await eyes.records(register?.name ?? "");
	const [person] = await eyes.records("person");
	const { sections } = await eyes.get<{ sections: { number: string }[] }>("/plan/sections");
	return {
		obligation: cell?.obligation ?? "",
		organisation: cell?.organisation ?? "",
		section: sections.at(-1)?.number ?? "",
		register: register?.name ?? "",
		record: record?.id ?? "",
		person: person?.id ?? "",
		part: "jobs",
	};
}

/** And what he may not see, where there is such: found with the eyes of somebody who sees more. */
async function others(eyes: Eyes, all: Eyes): Promise<Values> {
	const found: Values = { section: "99", part: "no-such-part" };
	const shut = (await eyes.registers()).find((one) => !one.may.includes("read"));
	if (shut) found["register"] = shut.name;
	const own = new Set((await eyes.cells()).map((cell) => cell.organisation));
	const cell = (await all.cells()).find((one) => !own.has(one.organisation));
	if (cell) Object.assign(found, { obligation: cell.obligation, organisation: cell.organisation });
	for (const [name, register, filter] of [["record", "account", "kind=privileged"], ["person", "person", ""]] as const) {
		const ids = (await all.records(register, filter)).map((one) => one.id);
		const seen = await eyes.sees(ids);
		const hidden = ids.find((id) => !seen.has(id));
		if (hidden) found[name] = hidden;
	}
	return found;
}

const named = (route: string): string[] => [...route.matchAll(/:(\w+)/g)].map((found) => found[1] ?? "");
const filled = (route: string, values: Values): string =>
	route.replace(/:(\w+)/g, (_, name: string) => {
		if (!values[name]) throw new Error(`nothing stands for :${name} of ${route}: say in his() what does`);
		return encodeURIComponent(values[name]);
	});
const kinds = (values: Values): string[] => [...routes.map((route) => filled(route, values)), ...parts.map((part) => `/admin/${part}`), ...more];

/** The page is drawn: what it says, and what it leads to within the application. */
async function drawn(page: Page): Promise<{ text: string; links: [string, string][] }> {
	const told = await page.evaluate(() => ({
		headings: [...document.querySelectorAll("h1")].map((one) => one.innerText),
		title: document.title,
		marking: [...document.querySelectorAll("aside[aria-label^='Protective marking']")].map((one) => one.textContent),
		text: document.querySelector("main")?.innerText ?? "",
		links: [...document.querySelectorAll("a")].filter((one) => one.origin === location.origin).map((one): [string, string] => [one.pathname + one.search, one.innerText.trim()]),
	}));
	const where = page.url();
	expect(told.headings, where).toEqual([expect.stringMatching(/\S/)]);
	expect(told.title, where).toMatch(/^\S.* · Holdfast$/);
	expect(told.title, where).not.toMatch(/undefined|null|\[object/);
	expect(told.text, where).not.toMatch(/undefined|\[object|NaN|Invalid Date/);
	expect(told.marking, where).toEqual(["COMMERCIAL IN CONFIDENCE", "COMMERCIAL IN CONFIDENCE"]);
	return told;
}

/** The page fits the window; one of 320 points is a telephone, and one of 1280 that is looked at four times as large. */
const fits = (page: Page): Promise<void> => expect.poll(() => beyond(page), { message: `what ${page.url()} is too wide by` }).toBeLessThanOrEqual(0);

/** Each of what pages led to is there for whoever looks. Of a record that he does not see, what refers to it tells the number and nothing else. */
async function reachable(eyes: Eyes, found: Map<string, string>): Promise<void> {
	const readable = new Set((await eyes.registers()).filter((one) => one.may.includes("read")).map((one) => one.name));
	const cells = new Set((await eyes.cells()).map((cell) => `${cell.obligation} ${cell.organisation}`));
	const records = new Map<string, string>();
	for (const [link, text] of found) {
		const url = new URL(link, "http://any");
		const [, first = "", second = "", third = ""] = url.pathname.split("/").map(decodeURIComponent);
		if (url.searchParams.has("as_of") || url.searchParams.has("period")) continue;
		if (first === "records" || first === "people") {
			if (second && text !== second) records.set(second, text);
		} else if (first === "registers" && second) expect(readable, `the registers that ${link} is one of`).toContain(second);
		else if (first === "cells") expect(cells.has(`${second} ${third}`), `whether ${link} is to be seen`).toBe(true);
	}
	const some = [...records].slice(0, 200);
	const seen = await eyes.sees(some.map(([id]) => id));
	expect(some.filter(([id]) => !seen.has(id)), "records that pages lead to, and that are not to be seen").toEqual([]);
}

/** The names of organisations that somebody sees nothing of. */
async function strangers(eyes: Eyes, all: Eyes): Promise<string[]> {
	const names = async (of: Eyes) => (await of.records("organisation", "", "key,name")).map((one) => one.name ?? "").filter(Boolean);
	const known = new Set(await names(eyes));
	return (await names(all)).filter((name) => !known.has(name));
}

test("the pages that are walked over are those of the table of routes", () => {
	expect(routes.length).toBe(source.match(/, page: \w+ \}/g)?.length);
	expect(routes).toContain("/");
});

for (const person of ["som", "member", "client", "auditor"] as const satisfies Person[]) {
	test.describe(`for ${person}`, () => {
		// As on a telephone; what is wide is looked at below.
		test.use({ person, viewport: { width: 320, height: 640 } });
		test.setTimeout(120_000);

		test(`every page is drawn and fits, keeps to what may be seen, and refuses the rest in words (${person})`, async ({ page, request, baseURL }) => {
			const eyes = new Eyes(request);
			const all = new Eyes(await requests.newContext({ baseURL: baseURL ?? "", storageState: stateOf("som") }));
			const [values, away, foreign] = await Promise.all([his(eyes), others(eyes, all), strangers(eyes, all)]);
			expect(foreign.length > 0, "whether there is somebody whom he sees nothing of").toBe(person === "member");
			const watch = new Watch(page);
			const found = new Map<string, string>();
			const names = (text: string) => foreign.filter((name) => text.includes(name));
			await watch.go("/account");
			for (const path of kinds(values)) {
				await watch.follow(path);
				const told = await drawn(page);
				expect(watch.refused, path).toEqual([]);
				expect(names(told.text), `whom ${path} names`).toEqual([]);
				for (const [link, text] of told.links) if (text) found.set(link, text);
				await fits(page);
			}
			await reachable(eyes, found);

			for (const route of routes) {
				const parts = named(route);
				if (parts.length === 0 || !parts.every((name) => away[name])) continue;
				const path = filled(route, away);
				await watch.follow(path);
				const told = await drawn(page);
				expect(told.text, `how ${path} is refused`).toMatch(/not for your roles|no such part|may not see|You cannot|There is no|has no section|is no |not there|never was|Not assessed for/i);
				expect(watch.refused.filter((one) => !/^40[34] /.test(one)), path).toEqual([]);
				expect(names(told.text), `whom ${path} names`).toEqual([]);
				await fits(page);
			}
		});
	});
}

for (const scheme of ["light", "dark"] as const)
	test(`every page is clean for axe and fits a wide window, ${scheme}`, async ({ page, request }) => {
		test.setTimeout(240_000);
		const watch = new Watch(page);
		await watch.go("/account");
		// The plan is as its last section, a hundred times; and what is asked for by a query alone is as what is asked for else.
		const alike = ["/plan", "/findings?of=action", "/work?kind=failing", "/registers?q=a", "/?section=6.5"];
		for (const path of kinds(await his(new Eyes(request))).filter((one) => !alike.includes(one))) {
			await watch.follow(path);
			await clean(page, [scheme]);
			expect(await beyond(page), `what ${path} is too wide by`).toBeLessThanOrEqual(0);
		}
	});
