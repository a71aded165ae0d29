// Where one is. The address holds all of it, filters and the moment of the past too: what is copied from the address bar
// shows the same to whoever opens it.

import type { Component } from "svelte";

/** What a page was like when it was left. */
type Left = Partial<Record<string, number>>;
/** Pages of which that outlasts a page that is loaded anew. */
const kept = 100;

export interface Route {
	/** As /registers/:register; a part that begins with `:` is a parameter. */
	path: string;
	page: Component;
}

/** As URLSearchParams writes it, which takes many times as long, and pages have hundreds of links. */
const escaped = (text: string): string => (/^[\w.-]*$/.test(text) ? text : encodeURIComponent(text).replaceAll("%20", "+"));

class Router {
	path = $state(location.pathname);
	query = $state.raw(new URLSearchParams(location.search));
	params = $state.raw<Record<string, string>>({});
	/** The parameter of a path, or "" where there is none. */
	param = (name: string): string => this.params[name] ?? "";

	/** The day of the past that everything is shown as of, or null for now. */
	readonly asOf: string | null = $derived(this.query.get("as_of"));

	/** Asked before one leaves where one is, by link or by the browser's buttons: it is given what goes on with that. */
	guard: ((go: () => void) => void) | null = null;
	/** What closes each window that is open, the uppermost last. The browser's buttons close that, and lead nowhere meanwhile. */
	readonly windows: (() => void)[] = [];
	/** Where in the browser's history one is. */
	#place = 0;
	/** What is asked of the page when it is left, for whoever comes back to it, by its name. */
	readonly #keepers = new Map<string, () => number>();
	/** The answers to that, by the place in the browser's history. */
	readonly #left = new Map<number, Left>();
	/** When somebody last moved about the page. */
	#moved = 0;
	/** What was kept of the page that one has come back to. */
	#kept: Left = {};

	/** Goes to a path of this application, with a new entry in the browser's history unless it replaces the present one. */
	go(to: string, how: { replace?: boolean } = {}): void {
		const url = new URL(to, location.href);
		if (url.href === location.href) return;
		if (this.guard && !how.replace) {
			this.guard(() => {
				this.guard = null;
				this.go(to, how);
			});
			return;
		}
		this.#leave();
		this.#kept = {};
		if (how.replace) history.replaceState({ place: this.#place }, "", url);
		else history.pushState({ place: ++this.#place }, "", url);
		this.#arrive(url.pathname !== this.path);
	}

	/** Sets members of the query, null takes one away. What is typed into a filter makes no entries in the history. */
	set(members: Record<string, string | null>, how: { replace?: boolean } = {}): void {
		const query = new URLSearchParams(this.query);
		for (const [name, value] of Object.entries(members)) {
			if (value === null || value === "") query.delete(name);
			else query.set(name, value);
		}
		const text = query.toString();
		this.go(this.path + (text ? `?${text}` : ""), how);
	}

	/** An address within the application, which stays at the same moment of the past. */
	href(path: string, query: Record<string, string | null | undefined> = {}): string {
		let text = this.asOf && !("as_of" in query) ? `?as_of=${escaped(this.asOf)}` : "";
		for (const name in query) if (query[name]) text += `${text ? "&" : "?"}${name}=${escaped(query[name])}`;
		return path + text;
	}

	/** Keeps a number of a page for whoever comes back to it, until the function that it gives is called. */
	keep(name: string, told: () => number): () => void {
		this.#keepers.set(name, told);
		return () => void (this.#keepers.get(name) === told && this.#keepers.delete(name));
	}

	/** What was kept so of the page that one has come back to, once; 0 where nothing was. */
	taken(name: string): number {
		const told = this.#kept[name] ?? 0;
		delete this.#kept[name];
		return told;
	}

	#leave(): void {
		const left: Left = { scroll: scrollY };
		for (const [name, told] of this.#keepers) left[name] = told();
		// The last is the newest.
		this.#left.delete(this.#place);
		this.#left.set(this.#place, left);
	}

	/** Reads the browser's own ways: links, back and forward. */
	start(): void {
		history.scrollRestoration = "manual";
		for (const [place, left] of JSON.parse(sessionStorage.getItem("left") ?? "[]") as [number, Left][]) this.#left.set(place, left);
		const state = history.state as { place: number } | null;
		this.#place = state?.place ?? Math.max(-1, ...this.#left.keys()) + 1;
		history.replaceState({ place: this.#place }, "");
		// It was loaded anew.
		if (state) this.#come();
		for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) addEventListener(kind, () => (this.#moved = performance.now()), { passive: true });
		addEventListener("pagehide", () => {
			this.#leave();
			sessionStorage.setItem("left", JSON.stringify([...this.#left].slice(-kept)));
		});
		addEventListener("popstate", () => {
			const state = history.state as { place: number } | null;
			// A place within the page, where the browser goes.
			if (state === null) {
				history.replaceState({ place: ++this.#place }, "");
				return;
			}
			const place = state.place;
			const by = place - this.#place;
			const close = this.windows.at(-1);
			if (close && by !== 0) {
				history.go(-by);
				close();
				return;
			}
			if (this.guard && by !== 0) {
				// The browser has gone already: back to where one was, until it is known.
				history.go(-by);
				this.guard(() => {
					this.guard = null;
					history.go(by);
				});
				return;
			}
			if (by === 0 && location.pathname === this.path && location.search.slice(1) === this.query.toString()) return;
			this.#leave();
			this.#place = place;
			this.#come();
			this.#arrive(false);
		});
		addEventListener("click", (event) => {
			if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
			const link = (event.target as Element).closest?.("a");
			if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
			if (/^\/(api|scim)\//.test(link.pathname)) return;
			if (link.pathname === location.pathname && link.search === location.search && link.hash) return;
			event.preventDefault();
			this.go(link.href);
		});
	}

	#come(): void {
		const place = this.#place;
		const { scroll = 0, ...others } = this.#left.get(place) ?? {};
		this.#kept = others;
		setTimeout(() => this.#scrollBack(scroll, place, performance.now()), 60);
	}

	/** To where one was, as soon as the page is so long again, which it becomes while it comes; unless somebody moves meanwhile. */
	#scrollBack(scroll: number, place: number, begun: number): void {
		if (place !== this.#place || this.#moved > begun) return;
		scrollTo(0, scroll);
		if (scrollY < scroll - 1 && performance.now() < begun + 5000) requestAnimationFrame(() => this.#scrollBack(scroll, place, begun));
	}

	#arrive(top: boolean): void {
		this.path = location.pathname;
		this.query = new URLSearchParams(location.search);
		if (top) scrollTo(0, 0);
	}
}

/** The parameters of a path as a route has them, or null where it is another's. */
export function matches(pattern: string, path: string): Record<string, string> | null {
	const want = pattern.split("/");
	const have = path.replace(/\/+$/, "").split("/");
	if (want.length !== have.length && !(pattern === "/" && path === "/")) return null;
	const params: Record<string, string> = {};
	for (const [i, part] of want.entries()) {
		const given = have[i] ?? "";
		if (part.startsWith(":")) {
			try {
				params[part.slice(1)] = decodeURIComponent(given);
			} catch {
				return null;
			}
		} else if (part !== given) return null;
	}
	return params;
}

export const router = new Router();
