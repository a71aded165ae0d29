// Servers for the tests: a workspace is made, served, and a login of it made for each of `people`.

import { execFileSync, spawn } from "node:child_process";
import { openSync, readFileSync, writeFileSync } from "node:fs";
import { request, type APIRequestContext, type Browser, type BrowserContext } from "@playwright/test";
import { clock, code, password, people, pictures, stranger, type Person } from "./people";

const holdfast = process.env["HOLDFAST"] ?? new URL("../../build/holdfast", import.meta.url).pathname;

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

export async function good<T>(asked: Promise<{ ok(): boolean; status(): number; url(): string; text(): Promise<string> }>): Promise<T> {
	const response = await asked;
	const text = await response.text();
	if (!response.ok()) throw new Error(`${response.url()}: ${response.status()} ${text}`);
	return (text ? JSON.parse(text) : null) as T;
}

const moment = pictures ? ["--clock", clock] : [];

/** What a command prints. */
export const run = (...words: string[]): string => execFileSync(holdfast, [...words, ...moment], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

export interface Served {
	home: string;
	url: string;
	pid: number;
	log: string;
}

/** Serves the workspace in a folder. */
export async function serve(home: string, port: number = 0): Promise<Served> {
	const log = `${home}.log`;
	const server = spawn(holdfast, ["serve", "--home", home, "--listen", `127.0.0.1:${port}`, ...moment], {
		detached: true,
		stdio: ["ignore", openSync(`${home}.out`, "w"), openSync(log, "w")],
	});
	server.unref();
	for (let tries = 0; tries < 1000; tries++) {
		const found = /"event":"listening","message":"[^"]*:(\d+)/.exec(readFileSync(log, "utf8"))?.[1];
		if (found) return { home, url: `http://localhost:${found}`, pid: server.pid ?? 0, log };
		if (server.exitCode !== null) break;
		await pause(30);
	}
	throw new Error(`the server does not listen: ${readFileSync(log, "utf8")}`);
}

/** A browser of somebody who has just signed in: as what ends a session would end that of other tests, or as it takes a fresh proof. */
export async function afresh(browser: Browser, baseURL: string = "", person: Person = "member"): Promise<BrowserContext> {
	const api = await request.newContext({ baseURL, storageState: stranger });
	await good(api.post("/api/v1/session", { data: { name: person, password } }));
	return browser.newContext({ baseURL, storageState: await api.storageState() });
}

/** Signs in by password, enrolling a second factor where it is due. */
async function signIn(url: string, person: Person, keep: (person: Person, secret: string) => void): Promise<APIRequestContext> {
	const context = await request.newContext({ baseURL: `${url}/api/v1/`, storageState: stranger });
	const due = await good<{ enrolment_due: boolean }>(context.post("session", { data: { name: person, password } }));
	if (due.enrolment_due) {
		const { secret } = await good<{ secret: string }>(context.post("me/second-factor"));
		await good(context.post("me/second-factor/confirm", { data: { code: code(secret) } }));
		keep(person, secret);
	}
	return context;
}

function holder(home: string, role: string, organisation: string | null): string {
	const filter = [`role=${role}`, "state=current", ...(organisation ? [`organisation=${organisation}`] : [])];
	const found = (JSON.parse(run("list", "role_assignment", ...filter, "--home", home, "--json")) as { records: { person: { id: string } | null; valid_to: string | null; scope: unknown }[] }).records;
	const one = found.find((r) => r.person && !r.valid_to && !r.scope);
	if (!one?.person) throw new Error(`nobody holds the role ${role}`);
	return one.person.id;
}

/** Makes the logins, and signs each in once: what their browsers then hold is in files whose names begin with `at`. */
export async function enter(served: Served, who: Person[], at: string): Promise<void> {
	const { home, url } = served;
	const link = run("user", "first-link", "--home", home).match(/hfl_[0-9a-f]+/)?.[0];
	const nobody = await request.newContext({ baseURL: `${url}/api/v1/`, storageState: stranger });
	await good(nobody.post("first", { data: { link, name: "admin", password } }));
	const keep = (person: Person, secret: string) => writeFileSync(`${at}${person}.secret`, secret);
	const admin = await signIn(url, "admin", keep);
	await admin.storageState({ path: `${at}admin.json` });
	for (const person of who) {
		const held = people[person];
		if (!held) continue;
		await good(admin.post("users", { data: { name: person, person: holder(home, held.role, held.organisation) } }));
		await good(admin.patch(`users/${person}`, { data: { password } }));
		await (await signIn(url, person, keep)).storageState({ path: `${at}${person}.json` });
	}
}
