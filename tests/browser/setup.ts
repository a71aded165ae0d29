// Makes a demo workspace, serves it, and signs in each of `people`. With HOLDFAST_URL a server that runs already is used, whose first
// administrator's link is in HOLDFAST_LINK.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { folder, people, type Person } from "./people";
import { enter, run, serve } from "./server";

export default async function setup(): Promise<void> {
	if (process.env["HOLDFAST_URL"]) return;
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	run("demo", "--home", `${folder}home`, "--seed", "1");
	const served = await serve(`${folder}home`);
	writeFileSync(`${folder}pid`, String(served.pid));
	writeFileSync(`${folder}url`, served.url);
	await enter(served, Object.keys(people) as Person[], folder);
}
