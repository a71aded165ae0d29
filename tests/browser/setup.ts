// Makes a demo workspace, serves it, makes a login for each of `people`, and signs each in once. With HOLDFAST_URL a server that runs
// already is used, whose first administrator's link is in HOLDFAST_LINK.

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request, type APIRequestContext } from "@playwright/test";
import { code, folder, password, people, stateOf, type Person } from "./people";

export const holdfast = process.env["HOLDFAST"] ?? new URL("../../build/holdfast", import.meta.url).pathname;
const home = `${folder}home`;

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

async function good<T>(asked: Promise<{ ok(): boolean; status(): number; url(): string; text(): Promise<string> }>): Promise<T> {
	const response = await asked;
	const text = await response.text();
	if (!response.ok()) throw new Error(`${response.url()}: ${response.status()} ${text}`);
	return (text ? JSON.parse(text) : null) as T;
}

async function serve(): Promise<string> {
	execFileSync(holdfast, ["demo", "--home", home, "--seed", "1"], { stdio: "ignore" });
	const log = `${folder}serve.log`;
	const server = spawn(holdfast, ["serve", "--home", home, "--listen", "127.0.0.1:0"], {
		detached: true,
		stdio: ["ignore", openSync(`${folder}serve.out`, "w"), openSync(log, "w")],
	});
	writeFileSync(`${folder}pid`, String(server.pid));
	server.unref();
	for (let tries = 0; tries < 300; tries++) {
		const port = /"event":"listening","message":"[^"]*:(\d+)/.exec(readFileSync(log, "utf8"))?.[1];
		if (port) return `http://localhost:${port}`;
		await pause(100);
	}
	throw new Error(`the server does not listen: ${readFileSync(log, "utf8")}`);
}

/** Signs in by password, enrolling a second factor where it is due, and keeps the cookie. */
async function signIn(url: string, person: Person): Promise<APIRequestContext> {
	const context = await request.newContext({ baseURL: `${url}/api/v1/` });
	const due = await good<{ enrolment_due: boolean }>(context.post("session", { data: { name: person, password } }));
	if (due.enrolment_due) {
		const { secret } = await good<{ secret: string }>(context.post("me/second-factor"));
		await good(context.post("me/second-factor/confirm", { data: { code: code(secret) } }));
		writeFileSync(`${folder}${person}.secret`, secret);
	}
	await context.storageState({ path: stateOf(person) });
	return context;
}

async function holder(role: string, organisation: string | null): Promise<string> {
	const filter = [`role=${role}`, "state=current", ...(organisation ? [`organisation=${organisation}`] : [])];
	const out = execFileSync(holdfast, ["list", "role_assignment", ...filter, "--home", home, "--json"], { encoding: "utf8" });
	const found = (JSON.parse(out) as { records: { person: { id: string } | null; valid_to: string | null; scope: unknown }[] }).records;
	const one = found.find((r) => r.person && !r.valid_to && !r.scope);
	if (!one?.person) throw new Error(`nobody holds the role ${role}`);
	return one.person.id;
}

export default async function setup(): Promise<void> {
	if (process.env["HOLDFAST_URL"]) return;
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	const url = await serve();
	writeFileSync(`${folder}url`, url);
	const link = execFileSync(holdfast, ["user", "first-link", "--home", home], { encoding: "utf8" }).match(/hfl_[0-9a-f]+/)?.[0];
	const nobody = await request.newContext({ baseURL: `${url}/api/v1/` });
	await good(nobody.post("first", { data: { link, name: "admin", password } }));
	const admin = await signIn(url, "admin");
	for (const [person, held] of Object.entries(people)) {
		if (!held) continue;
		await good(admin.post("users", { data: { name: person, person: await holder(held.role, held.organisation) } }));
		await good(admin.patch(`users/${person}`, { data: { password } }));
		await signIn(url, person as Person);
	}
}
