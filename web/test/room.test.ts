// The room of a list of a million rows: whatever way it is scrolled, the rows that follow are those that are there.

import assert from "node:assert/strict";
import { test } from "node:test";
import { roomAfter, roomAt, roomOf, roomy, type Room } from "../src/lib/room";

const row = 30.1;
const view = 470;
const long = (count: number, most = roomy): Room => ({ base: 0, count, most, row, view });

/** A box that is scrolled. */
class Box {
	room: Room;
	scroll = 0;
	constructor(room: Room) {
		this.room = room;
	}
	get end() {
		return Math.max(0, roomOf(this.room) * row - view);
	}
	get top() {
		return this.room.base + this.scroll / row;
	}
	to(scroll: number) {
		const goal = Math.max(0, Math.min(scroll, this.end));
		const next = roomAfter(this.room, this.scroll, goal);
		this.room = { ...this.room, base: next.base };
		this.scroll = next.scroll ?? goal;
		assert(this.scroll >= -0.001 && this.scroll <= this.end + 0.001, `scrolled to ${this.scroll} of ${this.end}`);
		assert(Number.isInteger(next.base) && next.base >= 0 && next.base <= this.room.count - roomOf(this.room));
	}
}
const near = (a: number, b: number, by: number, what: string) => assert(Math.abs(a - b) <= by, `${what}: ${a}, not ${b}`);

test("a list that has room is scrolled as any other", () => {
	for (const count of [0, 1, 10, 5000, roomy]) {
		const box = new Box(long(count));
		for (const to of [0, 100, 90_000, box.end, box.end / 2, 3]) {
			box.to(to);
			near(box.scroll, Math.min(to, box.end), 0, "scrolled");
			assert.equal(box.room.base, 0);
		}
		assert.deepEqual(roomAt(long(count), 5), { base: 0, scroll: 5 * row });
	}
});

test("the bar leads to its share of the list, and to both of its ends", () => {
	for (const count of [roomy + 1, 300_000, 1_000_000, 20_000_000]) {
		const box = new Box(long(count));
		for (const share of [1, 0, 0.5, 0.25, 0.99, 1, 0.01, 0]) {
			box.to(share * box.end);
			near(box.top, share * (count - view / row), 1, `${share} of ${count}`);
			near(box.scroll, share * box.end, 0, "the bar stays under the hand");
		}
		box.to(box.end);
		near(box.top + view / row, count, 0.01, "the last row is the last that is seen");
	}
});

test("the wheel goes from row to row, and the bar stands at its share", () => {
	for (const step of [30, 100, 600]) {
		// Small enough to be gone through from end to end.
		const box = new Box(long(100_000, 20_000));
		for (const way of [1, -1]) {
			let moves = 0;
			for (let before = -1; before !== box.top && moves < 3_000_000; moves++) {
				before = box.top;
				box.to(box.scroll + way * step);
				if (moves > 0 && box.scroll > 0 && box.scroll < box.end) near(box.top - before, (way * step) / row, 0.001, `${moves} steps of ${step}`);
				near(box.scroll / box.end, box.top / (box.room.count - view / row), 0.05, "the bar");
			}
			near(box.top, way > 0 ? box.room.count - view / row : 0, 0.001, `the end after ${moves} steps of ${way * step}`);
		}
	}
});

test("any row is led to", () => {
	for (const count of [1000, 250_000, 1_000_000])
		for (const top of [0, 1, 500, 12_345.5, 119_999, 240_000, 499_999, 750_000.25, count - view / row - 1, count - view / row]) {
			if (top > count - view / row) continue;
			const { base, scroll } = roomAt(long(count), top);
			const box = new Box({ ...long(count), base });
			near(base + scroll / row, top, 0.001, `row ${top} of ${count}`);
			assert(scroll >= 0 && scroll <= box.end + 0.001, `row ${top} of ${count} is scrolled to ${scroll} of ${box.end}`);
			near(scroll / Math.max(1, box.end), top / (count - view / row), 0.05, "the bar");
		}
});
