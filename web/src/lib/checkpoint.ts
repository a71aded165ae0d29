// Signed heads of a ledger: C2SP's signed-note and tlog-checkpoint, signed with Ed25519.

import { equal, fromBase64, hash, toHex, type Hash } from "./merkle";

export interface LogKey {
	name: string;
	id: Hash;
	key: Hash;
}

export interface Checkpoint {
	origin: string;
	size: number;
	root: Hash;
}

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;

/** Of a verifier key `name+hash+base64`, whose hash must be that of the rest. Null where it is none of Ed25519. */
export async function readKey(text: string): Promise<LogKey | null> {
	const [, name, id, key] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)\s*$/.exec(text) ?? [];
	const raw = key ? fromBase64(key) : null;
	if (!name || !id || !raw || raw.length !== 33 || raw[0] !== 1) return null;
	const of = (await hash(Uint8Array.from([...bytes(`${name}\n`), ...raw]))).slice(0, 4);
	return toHex(of) === id ? { name, id: of, key: raw.slice(1) } : null;
}

/** The text that the key has signed; null where there is no signature of it, or one that does not hold. */
export async function openNote(note: string, key: LogKey): Promise<string | null> {
	const end = note.lastIndexOf("\n\n");
	if (end < 0 || !note.endsWith("\n")) return null;
	const text = note.slice(0, end + 1);
	const lines = note.slice(end + 2, -1).split("\n");
	let signed = false;
	for (const line of lines) {
		const [, name, blob] = /^— (\S+) (\S+)$/.exec(line) ?? [];
		const raw = blob ? fromBase64(blob) : null;
		if (!name || !raw || raw.length < 5) return null;
		if (name !== key.name || !equal(raw.slice(0, 4), key.id)) continue;
		const own = await crypto.subtle.importKey("raw", key.key, { name: "Ed25519" }, false, ["verify"]);
		if (!(await crypto.subtle.verify({ name: "Ed25519" }, own, raw.slice(4), bytes(text)))) return null;
		signed = true;
	}
	return signed ? text : null;
}

export function readCheckpoint(text: string): Checkpoint | null {
	const [origin, size, root] = text.split("\n");
	const hashed = root ? fromBase64(root) : null;
	if (!origin || !size || !/^(0|[1-9]\d{0,15})$/.test(size) || hashed?.length !== 32 || !text.endsWith("\n")) return null;
	return { origin, size: Number(size), root: hashed };
}
