// Where one is. The address holds all of it, filters and the moment of the past too: what is copied from the address bar
// shows the same to whoever opens it.

import type { Component } from "svelte";

export interface Route {
	/** As /registers/:register; a part that begins with `:` is a parameter. */
	path: string;
	page: Component;
}

class Router {
	path = $state(location.pathname);
	query = $state.raw(new URLSearchParams(location.search));
	params = $state.raw<Record<string, string>>({});
	/** The parameter of a path, or "" where there is none. */
	param = (name: string): string => this.params[name] ?? "";

	/** The day of the past that everything is shown as of, or null for now. */
	get asOf(): string | null {
		return this.query.get("as_of");
	}

	/** Asked before one leaves where one is, by link or by the browser's buttons: it is given what goes on with that. */
	guard: ((go: () => void) => void) | null = null;
	/** How often one went by the browser's own buttons. */
	moves = $state(0);
	/** Where in the browser's history one is. */
	#place = 0;

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
		history.replaceState({ ...history.state, scroll: scrollY }, "");
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
		const search = new URLSearchParams();
		for (const [name, value] of Object.entries({ as_of: this.asOf, ...query })) if (value) search.set(name, value);
		const text = search.toString();
		return path + (text ? `?${text}` : "");
	}

	/** Reads the browser's own ways: links, back and forward. */
	start(): void {
		history.scrollRestoration = "manual";
		this.#place = (history.state as { place?: number } | null)?.place ?? 0;
		history.replaceState({ ...history.state, place: this.#place }, "");
		addEventListener("popstate", () => {
			const place = (history.state as { place?: number } | null)?.place ?? 0;
			const by = place - this.#place;
			if (this.guard && by !== 0) {
				// The browser has gone already: back to where one was, until it is known.
				history.go(-by);
				this.guard(() => {
					this.guard = null;
					history.go(by);
				});
				return;
			}
			this.#place = place;
			if (by === 0 && location.pathname === this.path && location.search.slice(1) === this.query.toString()) return;
			this.moves++;
			this.#arrive(false);
			const scroll = (history.state as { scroll?: number } | null)?.scroll ?? 0;
			// A place within the page: the browser goes there.
			if (location.hash && history.state === null) return;
			setTimeout(() => this.#scrollBack(scroll, place), 60);
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

	/** To where one was, as soon as the page is so long again, which it becomes while it comes. */
	#scrollBack(scroll: number, place: number, until = performance.now() + 2000): void {
		if (place !== this.#place) return;
		scrollTo(0, scroll);
		if (scrollY < scroll - 1 && performance.now() < until) requestAnimationFrame(() => this.#scrollBack(scroll, place, until));
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
