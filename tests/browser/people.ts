// Who the tests sign in as, and how.

import { createHmac } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { test as base, type BrowserContextOptions, type Page } from "@playwright/test";

export const password = "keep the gate 7 ways";
export const folder = new URL("../../build/browser/", import.meta.url).pathname;

/** Each with a role of the plan; `admin` has none, and looks after logins. */
export const people = {
	admin: null,
	som: { role: "security_operations_manager", organisation: null },
	member: { role: "member_security_contact", organisation: "quillstone" },
	client: { role: "isag", organisation: null },
	auditor: { role: "accreditor", organisation: null },
} as const;
/** When the pictures of docs/screenshots are taken, so that they are the same tomorrow; where none are, the time is the machine's. */
export const clock = "2026-06-18T09:30:00Z";
export const pictures = Boolean(process.env["SCREENSHOTS"]);

export type Person = keyof typeof people;

/** What a browser holds that nobody has signed in with; a test's requests would else be those of its person. */
export const stranger: Exclude<BrowserContextOptions["storageState"], string | undefined> = { cookies: [], origins: [] };

export const stateOf = (person: Person): string => `${folder}${person}.json`;

/** The code of an authenticator (RFC 6238) for a secret in base32. */
export function code(secret: string, at: number = pictures ? Date.parse(clock) : Date.now()): string {
	let bits = "";
	for (const letter of secret.replace(/=+$/, "")) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
	const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
	const step = Buffer.alloc(8);
	step.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
	const hash = createHmac("sha1", key).update(step).digest();
	const offset = (hash[19] ?? 0) & 15;
	return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** A page of somebody who is signed in: `test.use({ person: "som" })`. Whatever the page's console calls an error fails the test. */
export const test = base.extend<{ person: Person; faults: string[] }>({
	person: ["som", { option: true }],
	storageState: async ({ person }, use) => {
		if (!existsSync(stateOf(person))) throw new Error(`nobody signed in as ${person}`);
		await use(JSON.parse(readFileSync(stateOf(person), "utf8")) as Awaited<ReturnType<ReturnType<Page["context"]>["storageState"]>>);
	},
	baseURL: async ({}, use) => {
		await use(process.env["HOLDFAST_URL"] ?? readFileSync(`${folder}url`, "utf8"));
	},
	faults: [
		async ({ page }, use) => {
			const faults: string[] = [];
			page.on("pageerror", (error) => faults.push(String(error)));
			page.on("console", (line) => {
				if (line.type() === "error" && !/Failed to load resource/.test(line.text())) faults.push(line.text());
			});
			await use(faults);
			if (faults.length > 0) throw new Error(`the page has faults:\n${faults.join("\n")}`);
		},
		{ auto: true },
	],
});
export { expect } from "@playwright/test";
