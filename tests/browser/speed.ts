// How fast a page is for whoever opens it, as Lighthouse 10 and later measure and score it for a desktop: 1350 by 940 pixels, 40 ms and
// 10 Mb/s to the server (core/config/constants.js, desktopDense4G). The points at which a figure is worth 0.9 and 0.5, and the weights, are
// those of the audits in core/audits/metrics/*.js and of core/config/default-config.js of github.com/GoogleChrome/lighthouse; between
// them a score is a log-normal distribution's (shared/statistics.js, developer.chrome.com/docs/lighthouse/performance/performance-scoring).

import type { CDPSession, Page } from "@playwright/test";
import { pixels } from "./picture";

/** Milliseconds, but for `shift`, which has no unit. */
export interface Figures {
	/** When anything was painted first, and the largest part of it. */
	first: number;
	largest: number;
	/** How long the page could not answer: what its tasks took beyond 50 ms each. */
	blocked: number;
	/** How far things moved by themselves. */
	shift: number;
	/** The time that the average part of what is seen at the end took to be there. */
	index: number;
	/** The longest task. */
	task: number;
}

const curves = {
	first: { good: 934, half: 1600, weight: 0.1 },
	index: { good: 1311, half: 2300, weight: 0.1 },
	largest: { good: 1200, half: 2400, weight: 0.25 },
	blocked: { good: 150, half: 350, weight: 0.3 },
	shift: { good: 0.1, half: 0.25, weight: 0.25 },
} as const;

/** The error function, by formula 7.1.26 of Abramowitz and Stegun. */
function erf(x: number): number {
	const t = 1 / (1 + 0.3275911 * Math.abs(x));
	const sum = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592].reduce((all, factor) => (all + factor) * t, 0);
	return Math.sign(x) * (1 - sum * Math.exp(-x * x));
}

/** The share of a log-normal distribution above the value, of which 0.9 are above `good` and half above `half`. */
export function scoreOf(value: number, { good, half }: { good: number; half: number }): number {
	// The inverse of the complementary error function at a fifth.
	const fifth = 0.9061938024368232;
	return value <= 0 ? 1 : (1 - erf((Math.log(value / half) / Math.log(half / good)) * fifth)) / 2;
}

/** From 0 to 100. */
export function performanceOf(figures: Figures): number {
	const names = Object.keys(curves) as (keyof typeof curves)[];
	return 100 * names.reduce((sum, name) => sum + curves[name].weight * scoreOf(figures[name], curves[name]), 0);
}

interface Noted {
	first: number;
	largest: number;
	shifts: { at: number; by: number }[];
}

/** Goes into the page before its own scripts. */
function note(): void {
	const noted: Noted = { first: 0, largest: 0, shifts: [] };
	Object.assign(globalThis, { noted });
	const see = (type: string, take: (entry: PerformanceEntry & { value: number; hadRecentInput: boolean }) => void) =>
		new PerformanceObserver((list) => {
			for (const one of list.getEntries()) take(one as Parameters<typeof take>[0]);
		}).observe({ type, buffered: true });
	see("paint", (one) => one.name === "first-contentful-paint" && (noted.first = one.startTime));
	see("largest-contentful-paint", (one) => (noted.largest = one.startTime));
	see("layout-shift", (one) => !one.hadRecentInput && noted.shifts.push({ at: one.startTime, by: one.value }));
}

/** The worst five seconds in which no second passed without a shift (web.dev/articles/cls). */
export function shiftOf(shifts: { at: number; by: number }[]): number {
	let [worst, sum, from, last] = [0, 0, -Infinity, -Infinity];
	for (const { at, by } of shifts) {
		if (at - last > 1000 || at - from > 5000) [sum, from] = [0, at];
		sum += by;
		last = at;
		worst = Math.max(worst, sum);
	}
	return worst;
}

/** How often each shade of each colour is in a picture. */
function shades(png: Buffer): Float64Array {
	const { width, deep, rows } = pixels(png);
	const often = new Float64Array(3 * 256);
	for (const row of rows) for (let x = 0; x < width; x++) for (let c = 0; c < 3; c++) often[c * 256 + row[x * deep + c]!]!++;
	return often;
}

/** By how much of what changes in all the pictures are not yet as the last is, over time (sites.google.com/a/webpagetest.org, Speed Index). */
export function indexOf(pictures: { at: number; png: Buffer }[]): number {
	const all = pictures.map(({ at, png }) => ({ at, often: shades(png) }));
	const last = all.at(-1);
	if (!last) return 0;
	const far = (one: Float64Array) => one.reduce((sum, value, i) => sum + Math.abs(value - last.often[i]!), 0);
	const blank = far(all[0]!.often) || 1;
	let index = all[0]!.at;
	for (let i = 1; i < all.length; i++) index += (all[i]!.at - all[i - 1]!.at) * Math.min(1, far(all[i - 1]!.often) / blank);
	return index;
}

interface Traced {
	name: string;
	ph: string;
	pid: number;
	tid: number;
	ts: number;
	dur?: number;
	args: { name?: string };
}

/** How many milliseconds each task of the page's own thread took. */
function tasksOf(events: Traced[]): number[] {
	const thread = (one: Traced) => `${one.pid} ${one.tid}`;
	const mains = new Set(events.filter((one) => one.name === "thread_name" && one.args.name === "CrRendererMain").map(thread));
	const by = new Map<string, number[]>();
	const ends = new Map<string, number>();
	for (const one of events.filter((some) => some.ph === "X" && mains.has(thread(some))).sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0))) {
		// What is within another is a part of that.
		if (one.ts < (ends.get(thread(one)) ?? 0)) continue;
		ends.set(thread(one), one.ts + (one.dur ?? 0));
		by.set(thread(one), [...(by.get(thread(one)) ?? []), (one.dur ?? 0) / 1000]);
	}
	const sum = (all: number[]) => all.reduce((total, took) => total + took, 0);
	return [...by.values()].sort((a, b) => sum(b) - sum(a))[0] ?? [];
}

/** Loads a page as Lighthouse does, until `settled` says that it is there. */
export async function figures(page: Page, devtools: CDPSession, open: () => Promise<void>): Promise<Figures> {
	const pictures: { at: number; png: Buffer }[] = [];
	const seen = ({ data, metadata, sessionId }: { data: string; metadata: { timestamp?: number }; sessionId: number }) => {
		pictures.push({ at: (metadata.timestamp ?? 0) * 1000, png: Buffer.from(data, "base64") });
		void devtools.send("Page.screencastFrameAck", { sessionId }).catch(() => undefined);
	};
	await page.addInitScript(note);
	await page.setViewportSize({ width: 1350, height: 940 });
	await devtools.send("Network.enable");
	await devtools.send("Network.emulateNetworkConditions", { offline: false, latency: 40, downloadThroughput: (10 * 1024 * 1024) / 8, uploadThroughput: (10 * 1024 * 1024) / 8 });
	devtools.on("Page.screencastFrame", seen);
	await devtools.send("Page.startScreencast", { format: "png", maxWidth: 338, maxHeight: 235 });
	const browser = page.context().browser()!;
	await browser.startTracing(page, { categories: ["toplevel"] });
	await open();
	await page.waitForTimeout(300);
	const tasks = tasksOf((JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: Traced[] }).traceEvents);
	await devtools.send("Page.stopScreencast");
	devtools.off("Page.screencastFrame", seen);
	const { noted, origin } = await page.evaluate(() => ({ noted: (globalThis as unknown as { noted: Noted }).noted, origin: performance.timeOrigin }));
	const since = pictures.map(({ at, png }) => ({ at: Math.max(0, at - origin), png }));
	return {
		first: noted.first,
		largest: noted.largest,
		blocked: tasks.reduce((sum, took) => sum + Math.max(0, took - 50), 0),
		shift: shiftOf(noted.shifts),
		index: indexOf(since),
		task: Math.max(0, ...tasks),
	};
}
