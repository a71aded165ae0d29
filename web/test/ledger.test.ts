// Proofs against the vectors of transparency-dev/merkle, where the server's own tests have them (tests/golden/merkle/SOURCE), and heads
// against the example of C2SP's signed-note.

import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openNote, readCheckpoint, readKey } from "../src/lib/checkpoint";
import { checkEntry, checkHead, type Verdict } from "../src/lib/ledger";
import { checkConsistency, checkInclusion, fromBase64, leafHash, toHex, type Hash } from "../src/lib/merkle";

// Node 18 has it under another name.
if (!globalThis.crypto) Object.defineProperty(globalThis, "crypto", { value: webcrypto });

interface Vector {
	leafIdx: number;
	treeSize: number;
	leafHash: string;
	root: string;
	size1: number;
	size2: number;
	root1: string;
	root2: string;
	proof: string[] | null;
	wantErr: boolean;
}

function vectors(of: string): [string, Vector][] {
	const found: [string, Vector][] = [];
	const walk = (folder: string) => {
		for (const one of readdirSync(folder, { withFileTypes: true })) {
			const path = join(folder, one.name);
			if (one.isDirectory()) walk(path);
			else found.push([path, JSON.parse(readFileSync(path, "utf8")) as Vector]);
		}
	};
	walk(join("../tests/golden/merkle", of));
	return found;
}

/** Null in a vector stands for no bytes. */
const bytes = (text: string | null): Hash => fromBase64(text ?? "") ?? new Uint8Array();

test("inclusion proofs hold as the vectors say", async () => {
	const all = vectors("inclusion");
	assert.equal(all.length, 98);
	for (const [name, v] of all)
		assert.equal(await checkInclusion(v.leafIdx, v.treeSize, bytes(v.leafHash), (v.proof ?? []).map(bytes), bytes(v.root)), !v.wantErr, name);
});

test("consistency proofs hold as the vectors say", async () => {
	const all = vectors("consistency");
	assert.equal(all.length, 98);
	for (const [name, v] of all) {
		assert.equal(await checkConsistency(v.size1, v.size2, bytes(v.root1), bytes(v.root2), (v.proof ?? []).map(bytes)), !v.wantErr, name);
	}
});

const vkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const note =
	"This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

test("a signed note opens with its key and with no other, and not when a letter differs", async () => {
	const key = await readKey(vkey);
	assert(key);
	assert.equal(await openNote(note, key), "This is an example message.\n");
	assert.equal(await openNote(note.replace("an example", "no example"), key), null);
	assert.equal(await openNote(note.replace("Uw2QOkn8", "Uw2QOkn9"), key), null);
	assert.equal(await openNote(note.replace("— example.com/foo Uw", "— example.com/bar Uw"), key), null);
	assert.equal(await openNote(note.slice(0, -1), key), null);
	assert.equal(await readKey(vkey.replace("530d903a", "530d903b")), null);
	assert.equal(await readKey(vkey.replace("foo", "bar")), null);
});

test("a checkpoint is an origin, a size and a root", () => {
	const root = "EDG2pxiy270iBTzo+36g9aobANtzFa8YnFwMSmTd4Zg=";
	assert.equal(readCheckpoint(`a\n12\n${root}\n`)?.size, 12);
	for (const bad of ["", "a\n", `a\n012\n${root}\n`, `a\n-1\n${root}\n`, `a\n1\n${root.slice(4)}\n`, `a\n1\n${root}`, `\n1\n${root}\n`]) assert.equal(readCheckpoint(bad), null, bad);
});

/** A log of our own, to be told lies about. */
async function log(name: string) {
	const pair = (await crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"])) as CryptoKeyPair;
	const raw = new Uint8Array([1, ...new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey))]);
	const id = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array([...Buffer.from(`${name}\n`), ...raw]))).slice(0, 4);
	const sign = async (size: number, root: Uint8Array) => {
		const text = `${name}\n${size}\n${Buffer.from(root).toString("base64")}\n`;
		const signature = new Uint8Array(await crypto.subtle.sign({ name: "Ed25519" }, pair.privateKey, Buffer.from(text)));
		return `${text}\n— ${name} ${Buffer.from([...id, ...signature]).toString("base64")}\n`;
	};
	return { vkey: `${name}+${toHex(id)}+${Buffer.from(raw).toString("base64")}\n`, sign };
}
const node = async (a: Uint8Array, b: Uint8Array) => new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array([1, ...a, ...b])));
const is = (verdicts: Verdict[]) => verdicts.map((one) => `${one.what} ${one.is}`).join(", ");

test("a head is held against the one that was kept, and what contradicts it is an alarm", async () => {
	const { vkey: key, sign } = await log("test.example/log");
	const leaf = await Promise.all(["one", "two", "three", "other"].map((entry) => leafHash(Buffer.from(entry))));
	const two = await node(leaf[0]!, leaf[1]!);
	const three = await node(two, leaf[2]!);
	const kept = { note: await sign(2, two), key, at: "2026-03-01T12:00:00Z" };
	const ask = (hashes: Uint8Array[]) => (from: number, to: number) => Promise.resolve({ from, to, hashes: hashes.map(toHex) });
	const never = () => Promise.reject(new Error("nothing had to be asked"));

	assert.equal(is((await checkHead(kept.note, key, null, never)).verdicts), "Signature holds, History unknown");
	assert.equal(is((await checkHead(kept.note, key, kept, never)).verdicts), "Signature holds, Key holds, History holds");
	assert.equal(is((await checkHead(await sign(3, three), key, kept, ask([leaf[2]!]))).verdicts), "Signature holds, Key holds, History holds");
	// The second entry is another than it was; the tree was cut back; at one size there are two roots.
	const forged = await node(await node(leaf[0]!, leaf[3]!), leaf[2]!);
	assert.equal(is((await checkHead(await sign(3, forged), key, kept, ask([leaf[2]!]))).verdicts), "Signature holds, Key holds, History alarm");
	assert.equal(is((await checkHead(await sign(1, leaf[0]!), key, kept, never)).verdicts), "Signature holds, Key holds, History alarm");
	assert.equal(is((await checkHead(await sign(2, forged), key, kept, never)).verdicts), "Signature holds, Key holds, History alarm");
	// Another key, or a signature that is not the key's.
	const other = await log("test.example/log");
	assert.equal(is((await checkHead(await other.sign(3, three), other.vkey, kept, ask([leaf[2]!]))).verdicts), "Signature holds, Key alarm");
	assert.equal(is((await checkHead(await other.sign(3, three), key, kept, ask([leaf[2]!]))).verdicts), "Signature alarm");
});

test("an entry that was altered does not lead to the head", async () => {
	const leaves = await Promise.all(["one", "two"].map((entry) => leafHash(Buffer.from(entry))));
	const head = { origin: "x", size: 2, root: await node(leaves[0]!, leaves[1]!) };
	const proof = { index: 1, size: 2, hashes: [toHex(leaves[0]!)], entry: "two" };
	assert.equal((await checkEntry(proof, head)).is, "holds");
	assert.equal((await checkEntry({ ...proof, entry: "Two" }, head)).is, "alarm");
	assert.equal((await checkEntry({ ...proof, index: 0 }, head)).is, "alarm");
	assert.equal((await checkEntry({ ...proof, size: 3 }, head)).is, "alarm");
	assert.equal((await checkEntry({ ...proof, hashes: ["zz"] }, head)).is, "alarm");
});
