// The room of a long list: which rows its box shows, and where its bar stands. No engine shows an element of more than some ten million
// pixels. Of a list that would be higher there is room for a part at a time: what scrolls a little goes on row by row, what goes
// far, as a bar that is dragged, goes to that share of the list, and the bar stands where that share is.

/** Rows that have room at a time. */
export const roomy = 240_000;

export interface Room {
	/** Rows before the room. */
	base: number;
	/** Rows that there are. */
	count: number;
	/** Rows that there is room for at most. */
	most: number;
	/** Pixels of a row, and of the part of the box that shows rows. */
	row: number;
	view: number;
}

/** Rows that have room. */
export const roomOf = ({ count, most }: Room): number => Math.min(count, most);

const between = (least: number, value: number, most: number): number => Math.max(least, Math.min(value, most));
/** Pixels that the box can be scrolled by. */
const range = (room: Room): number => Math.max(1, roomOf(room) * room.row - room.view);
/** The least pixels that a bar as high as the box is dragged by, and half of them: whatever else scrolls goes less far. */
const far = (room: Room): number => (roomOf(room) * room.row) / room.view / 2;
/** What the box is scrolled to where its bar stands as far down as the row does in the list. */
const share = (room: Room, top: number): number => between(0, top / Math.max(1, room.count - room.view / room.row), 1) * range(room);

/** The room for a row, which may be a part of one, at the top of what is seen, and what the box is scrolled to there. */
export function roomAt(room: Room, top: number): { base: number; scroll: number } {
	const last = room.count - roomOf(room);
	const left = room.count - room.view / room.row - top;
	// Near to an end of the list the room ends with it.
	const close = (2 * far(room) * room.count) / roomOf(room) / room.row;
	const base = top <= close ? 0 : left <= close ? last : between(0, Math.round(top - share(room, top) / room.row), last);
	return { base, scroll: (top - base) * room.row };
}

/** Where the room is after the box was scrolled from one place to another, and what it is to be scrolled to instead, or null. */
export function roomAfter(room: Room, from: number, to: number): { base: number; scroll: number | null } {
	const last = room.count - roomOf(room);
	if (last <= 0) return { base: 0, scroll: null };
	if (Math.abs(to - from) > far(room)) return { base: Math.round(between(0, to / range(room), 1) * last), scroll: null };
	const ends = (to < far(room) && room.base > 0) || (to > range(room) - far(room) && room.base < last);
	const top = room.base + to / room.row;
	const next = roomAt(room, top);
	return ends || Math.abs(next.scroll - to) > 16 * far(room) ? next : { base: room.base, scroll: null };
}
