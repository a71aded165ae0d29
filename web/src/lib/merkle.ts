// Merkle proofs as RFC 6962 makes them, checked as RFC 9162 says (2.1.3.2, 2.1.4.2). Nothing here asks the server.

export type Hash = Uint8Array<ArrayBuffer>;

async function sha256(...parts: Uint8Array[]): Promise<Hash> {
	const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
	let at = 0;
	for (const part of parts) {
		all.set(part, at);
		at += part.length;
	}
	return new Uint8Array(await crypto.subtle.digest("SHA-256", all));
}

export const hash = (bytes: Uint8Array): Promise<Hash> => sha256(bytes);
export const leafHash = (entry: Uint8Array): Promise<Hash> => sha256(Uint8Array.of(0), entry);
const nodeHash = (left: Uint8Array, right: Uint8Array): Promise<Hash> => sha256(Uint8Array.of(1), left, right);

export const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

/** Sizes of trees are numbers beyond 32 bits, which the operators for bits are not for. */
const half = (n: number): number => Math.floor(n / 2);
const odd = (n: number): boolean => n % 2 === 1;
const isSize = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;

/** Whether the leaf stands at `index` of the tree of that size and root. */
export async function checkInclusion(index: number, size: number, leaf: Hash, proof: Hash[], root: Hash): Promise<boolean> {
	if (!isSize(index) || !isSize(size) || index >= size || [leaf, root, ...proof].some((one) => one.length !== 32)) return false;
	let node = leaf;
	let at = index;
	let last = size - 1;
	for (const other of proof) {
		if (last === 0) return false;
		if (odd(at) || at === last) {
			node = await nodeHash(other, node);
			while (!odd(at) && at !== 0) {
				at = half(at);
				last = half(last);
			}
		} else node = await nodeHash(node, other);
		at = half(at);
		last = half(last);
	}
	return last === 0 && equal(node, root);
}

/** Whether the second tree holds all of the first, in the same places, and only adds to it. An empty tree says nothing about another. */
export async function checkConsistency(size1: number, size2: number, root1: Hash, root2: Hash, proof: Hash[]): Promise<boolean> {
	if (!isSize(size1) || !isSize(size2) || size1 > size2 || size1 === 0) return false;
	if (size1 === size2) return proof.length === 0 && equal(root1, root2);
	if (proof.length === 0 || [root1, root2, ...proof].some((one) => one.length !== 32)) return false;
	let at = size1 - 1;
	let last = size2 - 1;
	while (odd(at)) {
		at = half(at);
		last = half(last);
	}
	// Where the first tree is a whole subtree of the second, the proof begins with its root, which is known.
	const path = at === 0 ? [root1, ...proof] : proof;
	let [old, now] = [path[0]!, path[0]!];
	for (const other of path.slice(1)) {
		if (last === 0) return false;
		if (odd(at) || at === last) {
			old = await nodeHash(other, old);
			now = await nodeHash(other, now);
			while (!odd(at) && at !== 0) {
				at = half(at);
				last = half(last);
			}
		} else now = await nodeHash(now, other);
		at = half(at);
		last = half(last);
	}
	return last === 0 && equal(old, root1) && equal(now, root2);
}

export function fromBase64(text: string): Hash | null {
	if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return null;
	return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

export function fromHex(text: string): Hash | null {
	if (!/^(?:[0-9a-f]{2})*$/.test(text)) return null;
	return Uint8Array.from(text.match(/../g) ?? [], (byte) => parseInt(byte, 16));
}

export const toHex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
