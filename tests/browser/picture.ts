// Pictures of pages in as few colours as an eye tells apart, which makes them a third as large: PNG with a palette (ISO/IEC 15948).

import { deflateSync, inflateSync } from "node:zlib";

const head = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const most = 256;

function crc(bytes: Buffer): number {
	let sum = ~0;
	for (const byte of bytes) {
		sum ^= byte;
		for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
	}
	return ~sum >>> 0;
}

function chunk(name: string, data: Buffer): Buffer {
	const body = Buffer.concat([Buffer.from(name), data]);
	const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
	length.writeUInt32BE(data.length);
	check.writeUInt32BE(crc(body));
	return Buffer.concat([length, body, check]);
}

/** The pixels of a picture as Chromium writes it: eight bits of red, green and blue, with or without a fourth of how much shines through. */
export function pixels(png: Buffer): { width: number; height: number; deep: number; rows: Buffer[] } {
	const parts: Buffer[] = [];
	for (let at = head.length; at < png.length; at += 12 + png.readUInt32BE(at))
		if (png.toString("latin1", at + 4, at + 8) === "IDAT") parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
	const [width, height, deep] = [png.readUInt32BE(16), png.readUInt32BE(20), png[25] === 6 ? 4 : 3];
	const data = inflateSync(Buffer.concat(parts));
	const rows: Buffer[] = [];
	let above = Buffer.alloc(width * deep);
	for (let y = 0; y < height; y++) {
		const from = y * (width * deep + 1);
		const way = data[from] ?? 0;
		const row = Buffer.from(data.subarray(from + 1, from + 1 + width * deep));
		for (let x = 0; x < row.length; x++) {
			const [left, up, corner] = [x < deep ? 0 : row[x - deep]!, above[x]!, x < deep ? 0 : above[x - deep]!];
			const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
			const paeth = a <= b && a <= c ? left : b <= c ? up : corner;
			row[x] = row[x]! + [0, left, up, (left + up) >> 1, paeth][way]!;
		}
		rows.push(row);
		above = row;
	}
	return { width, height, deep, rows };
}

/** The same picture with at most 256 colours: those that most of it has, and for every other the one of them that is nearest. */
export function fewColours(png: Buffer): Buffer {
	const { width, height, deep, rows } = pixels(png);
	const often = new Map<number, number>();
	const colour = (row: Buffer, x: number) => (row[x * deep]! << 16) | (row[x * deep + 1]! << 8) | row[x * deep + 2]!;
	for (const row of rows) for (let x = 0; x < width; x++) often.set(colour(row, x), (often.get(colour(row, x)) ?? 0) + 1);
	const kept = [...often].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, most).map(([one]) => one);
	const places = new Map(kept.map((one, i) => [one, i]));
	const far = (a: number, b: number) => ((a >> 16) - (b >> 16)) ** 2 + (((a >> 8) & 255) - ((b >> 8) & 255)) ** 2 + ((a & 255) - (b & 255)) ** 2;
	const place = (one: number): number => {
		let found = places.get(one);
		if (found === undefined) {
			found = kept.reduce((best, other, i) => (far(other, one) < far(kept[best]!, one) ? i : best), 0);
			places.set(one, found);
		}
		return found;
	};
	const lines = Buffer.concat(rows.map((row) => Buffer.from([0, ...Array.from({ length: width }, (_, x) => place(colour(row, x)))])));
	const size = Buffer.from(png.subarray(16, 29));
	// Eight bits a pixel, of a palette.
	size.set([8, 3, 0, 0, 0], 8);
	if (lines.length !== (width + 1) * height) throw new Error("the picture is cut short");
	const palette = Buffer.from(kept.flatMap((one) => [one >> 16, (one >> 8) & 255, one & 255]));
	return Buffer.concat([head, chunk("IHDR", size), chunk("PLTE", palette), chunk("IDAT", deflateSync(lines, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}
