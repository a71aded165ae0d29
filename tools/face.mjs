// face.mjs FROM TO -- makes the files of the web application in FROM a part of the program: TO/*.gz and TO/*.br, TO/files.S
// with the bytes of all of them, and TO/table.c, the table of src/face/face.h.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const types = {
	".html": "text/html; charset=utf-8",
	".js": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml",
	".png": "image/png",
	".woff2": "font/woff2",
	".json": "application/json",
	".webmanifest": "application/manifest+json",
};

const [from, to] = process.argv.slice(2);
const names = readdirSync(from, { recursive: true, withFileTypes: true })
	.filter((entry) => entry.isFile())
	.map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(from.length + 1))
	// The page first; then in an order that does not depend on the disk.
	.sort((a, b) => (b === "index.html") - (a === "index.html") || (a < b ? -1 : 1));
if (names[0] !== "index.html") throw new Error(`${from} has no index.html`);

rmSync(to, { recursive: true, force: true });
mkdirSync(to, { recursive: true });
const assembler = ['\t.section .note.GNU-stack, "", %progbits', "\t.section .rodata"];
const rows = [];
names.forEach((name, i) => {
	const type = types[extname(name)];
	if (!type) throw new Error(`${name}: what type does a browser take it as? Say so in tools/face.mjs`);
	if (!/^[A-Za-z0-9._/-]+$/.test(name)) throw new Error(`${name}: a name with other letters`);
	const bytes = readFileSync(join(from, name));
	const packed = {
		plain: bytes,
		gz: gzipSync(bytes, { level: 9 }),
		br: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
	};
	const parts = Object.entries(packed).map(([coding, content]) => {
		const file = resolve(to, `${i}.${coding}`);
		writeFileSync(file, content);
		assembler.push(`\t.global face_${i}_${coding}`, `face_${i}_${coding}:`, `\t.incbin "${file}"`);
		return [`face_${i}_${coding}`, content.length];
	});
	// In the order of enum http_coding.
	const tag = createHash("sha256").update(bytes).digest("hex").slice(0, 32);
	const places = parts.map(([symbol, length]) => `{(const char *)${symbol}, ${length}}`).join(", ");
	rows.push({ symbols: parts.map(([symbol]) => symbol), row: `\t{"/${name}", "${type}", "${tag}", {${places}}},` });
});
writeFileSync(join(to, "files.S"), assembler.join("\n") + "\n");
writeFileSync(
	join(to, "table.c"),
	['#include "face/face.h"', ""]
		.concat(rows.flatMap(({ symbols }) => symbols.map((symbol) => `extern const unsigned char ${symbol}[];`)))
		.concat(["", "const struct face_file face_files[] = {"], rows.map(({ row }) => row), ["};", ""])
		.concat([`const size_t face_file_count = ${names.length};`, ""])
		.join("\n"),
);
