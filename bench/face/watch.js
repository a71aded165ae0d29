// watch.js -- goes into each page before its own scripts: says when what was waited for has been painted, and how long frames take. What
// somebody does begins when the browser took it in (the event's time stamp), not when the page hears of it.
"use strict";
{
	const asked = { open: 0, ended: [] };
	const fetches = window.fetch;
	window.fetch = async (...all) => {
		const url = String(all[0]?.url ?? all[0]);
		asked.open++;
		try {
			const response = await fetches(...all);
			// Its body has come when it is read.
			const text = response.text.bind(response);
			response.text = async () => {
				const body = await text();
				asked.ended.push(url);
				return body;
			};
			return response;
		} finally {
			setTimeout(() => asked.open--);
		}
	};

	let began = 0;
	let typed = false;
	addEventListener("input", () => (typed = true), true);
	for (const kind of ["click", "keydown"])
		addEventListener(
			kind,
			(event) => {
				began = event.timeStamp;
				typed = false;
				asked.ended = [];
			},
			true,
		);

	const painted = () =>
		new Promise((done) =>
			requestAnimationFrame(() => {
				const { port1, port2 } = new MessageChannel();
				port1.onmessage = () => done(performance.now());
				port2.postMessage(null);
			}),
		);

	/** there: each has so many; none: has none; typed: a field took it; answered: a part of an address that was asked for since; quiet: nothing is on its way. */
	const holds = ({ title, path, there = {}, none = [], typed: needed, answered, quiet }) =>
		(!title || new RegExp(title).test(document.title)) &&
		(!path || new RegExp(path).test(location.pathname)) &&
		Object.entries(there).every(([selector, least]) => document.querySelectorAll(selector).length >= least) &&
		none.every((selector) => !document.querySelector(selector)) &&
		!/Loading…|looking…/.test(document.querySelector("main")?.textContent ?? "") &&
		(!answered || asked.ended.some((url) => decodeURIComponent(url.replaceAll("+", " ")).includes(answered))) &&
		(!needed || typed) &&
		(!quiet || asked.open === 0);

	const until = (test) =>
		new Promise((done) => {
			const look = () => (test() ? done(performance.now()) : requestAnimationFrame(look));
			look();
		});

	let scrolled = 0;
	addEventListener("scroll", (event) => (scrolled = event.timeStamp), { capture: true, passive: true });
	const grid = () => document.querySelector("[role=grid]").parentElement;
	/** The rows that can be seen, by their places in the list, from 0. */
	const rows = () => {
		const box = grid().getBoundingClientRect();
		const head = grid().querySelector("thead").getBoundingClientRect().bottom;
		return [...grid().querySelectorAll("tr[data-row]")]
			.map((row) => ({ row, at: row.getBoundingClientRect() }))
			.filter(({ at }) => at.bottom > head + 1 && at.top < box.bottom - 1)
			.map(({ row }) => ({ place: Number(row.ariaRowIndex ?? row.getAttribute("aria-rowindex")) - 2, id: row.querySelector("a")?.textContent ?? null }));
	};

	let frames = null;
	window.bench = {
		/** Milliseconds from what is done next to the frame in which it holds. */
		after(wanted) {
			began = 0;
			asked.ended = [];
			this.result = until(() => began > 0 && holds(wanted))
				.then(painted)
				.then((now) => now - began);
		},
		/** Milliseconds from the beginning of the navigation. */
		async arrived(wanted) {
			await until(() => holds(wanted));
			return painted();
		},
		rows,
		/** Milliseconds from the last scrolling to the frame in which all rows that are seen have come. */
		async filled() {
			await until(() => performance.now() - scrolled > 100 || rows().every((row) => row.id));
			await until(() => rows().length > 0 && rows().every((row) => row.id));
			return Math.max(0, (await painted()) - scrolled);
		},
		count() {
			frames = [];
			let last = performance.now();
			const one = (now) => {
				if (!frames) return;
				frames.push(now - last);
				last = now;
				requestAnimationFrame(one);
			};
			requestAnimationFrame(one);
		},
		counted() {
			const all = frames;
			frames = null;
			return all.slice(1);
		},
	};
}
