// What a browser can find out about the ledger by itself: whether the newest head is signed, whether it holds all that this browser
// saw before, and whether a version of a record stands in it.

import type { Schemas } from "./api";
import { openNote, readCheckpoint, readKey, type Checkpoint } from "./checkpoint";
import { checkConsistency, checkInclusion, fromHex, leafHash, type Hash } from "./merkle";

/** Where a version of a record is verified. The ledger has no other moment than now. */
export const ledgerHref = (record: string, version: number | undefined): string => `/ledger?${new URLSearchParams({ record, ...(version ? { version: String(version) } : {}) })}`;

/** A head as this browser keeps it. */
export interface Kept {
	note: string;
	key: string;
	/** When it was first seen here. */
	at: string;
}

export interface Verdict {
	/** `alarm`: what is shown contradicts what was signed or seen before. `unknown`: it could not be found out here. */
	is: "holds" | "alarm" | "unknown";
	what: string;
	why: string;
}

const holds = (what: string, why: string): Verdict => ({ is: "holds", what, why });
const alarm = (what: string, why: string): Verdict => ({ is: "alarm", what, why });
const unknown = (what: string, why: string): Verdict => ({ is: "unknown", what, why });

export interface Head {
	checkpoint: Checkpoint | null;
	verdicts: Verdict[];
}

/** What this browser cannot do, or null. */
export const unable = (): string | null =>
	globalThis.crypto?.subtle ? null : "This browser computes no hashes and signatures here, as the page did not come over HTTPS or from this machine. Use the address with https.";

async function opened(note: string, vkey: string): Promise<Checkpoint | null> {
	const key = await readKey(vkey);
	const text = key && (await openNote(note, key));
	const checkpoint = text ? readCheckpoint(text) : null;
	return checkpoint && checkpoint.origin === key?.name ? checkpoint : null;
}

/** Looks at the newest head, and holds it against the one that was kept. `ask` gets a proof between two sizes. */
export async function checkHead(note: string, vkey: string, kept: Kept | null, ask: (from: number, to: number) => Promise<Schemas["consistency"]>): Promise<Head> {
	const verdicts: Verdict[] = [];
	let head: Checkpoint | null;
	try {
		head = await opened(note, vkey);
	} catch (error) {
		if (!(error instanceof DOMException) || error.name !== "NotSupportedError") throw error;
		return { checkpoint: null, verdicts: [unknown("Signature", "This browser knows no Ed25519 signatures. A newer one does.")] };
	}
	if (!head) return { checkpoint: null, verdicts: [alarm("Signature", "The head is not signed with the ledger's key, or was changed after it was signed.")] };
	verdicts.push(holds("Signature", "The head is signed with the ledger's key."));
	if (!kept) {
		verdicts.push(unknown("History", "This browser sees this ledger for the first time. From now on it remembers the head, and each later visit is held against it."));
		return { checkpoint: head, verdicts };
	}
	if (kept.key !== vkey) {
		verdicts.push(alarm("Key", "The key is not the one that this browser saw before. What another key signs need not be the same past."));
		return { checkpoint: head, verdicts };
	}
	verdicts.push(holds("Key", "The key is the one that this browser saw before."));
	verdicts.push(await history(head, kept, ask));
	return { checkpoint: head, verdicts };
}

async function history(head: Checkpoint, kept: Kept, ask: (from: number, to: number) => Promise<Schemas["consistency"]>): Promise<Verdict> {
	const before = await opened(kept.note, kept.key);
	if (!before) return unknown("History", "What this browser remembered cannot be read any more.");
	if (before.size > head.size) return alarm("History", `This browser saw ${before.size} entries, and now there are ${head.size}: the ledger was cut back, or an older copy stands in its place.`);
	const proof = before.size === head.size ? [] : hashes((await ask(before.size, head.size)).hashes);
	if (!proof || !(await checkConsistency(before.size, head.size, before.root, head.root, proof)))
		return alarm("History", `The ${before.size} entries that this browser saw before are not all in the ledger as they were: the past was rewritten.`);
	return holds(
		"History",
		before.size === head.size ? "Nothing was added since this browser looked last, and nothing was changed." : `All ${before.size} entries that this browser saw before stand unchanged; ${head.size - before.size} were added.`,
	);
}

function hashes(list: string[]): Hash[] | null {
	const read = list.map(fromHex);
	return read.every((one): one is Hash => one !== null) ? read : null;
}

/** Whether the entry stands in the tree that the head signs. */
export async function checkEntry(proof: Schemas["proof"], head: Checkpoint): Promise<Verdict> {
	const path = hashes(proof.hashes);
	const leaf = await leafHash(new TextEncoder().encode(proof.entry));
	if (path && proof.size === head.size && (await checkInclusion(proof.index, proof.size, leaf, path, head.root)))
		return holds("Entry", `The entry below is number ${proof.index + 1} of the ${head.size} that the head signs.`);
	return alarm("Entry", "The entry below does not lead to the head that was signed: what is told of this version is not what was sealed.");
}

/** The newest head that was seen here, in the browser's storage. */
export const memory = {
	read(): Kept | null {
		try {
			const kept = JSON.parse(localStorage.getItem("ledger") ?? "null") as Kept | null;
			return kept && typeof kept.note === "string" && typeof kept.key === "string" ? kept : null;
		} catch {
			return null;
		}
	},
	write(kept: Kept): void {
		localStorage.setItem("ledger", JSON.stringify(kept));
	},
};
