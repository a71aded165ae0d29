// What walking over pages takes: when one is there, and what went wrong on the way.

import { expect, type Page, type Request } from "@playwright/test";

export class Watch {
	/** Answers of the API that refuse or fail. */
	refused: string[] = [];
	readonly page: Page;
	#pending = new Set<Request>();
	/** When something was last asked for, or answered. */
	#last = 0;

	constructor(page: Page) {
		this.page = page;
		page.on("request", (request) => {
			this.#last = Date.now();
			// The stream of events never ends.
			if (/\/(api\/v1|assets)\//.test(request.url()) && !/\/events$/.test(request.url())) this.#pending.add(request);
		});
		const over = (request: Request) => {
			this.#last = Date.now();
			this.#pending.delete(request);
		};
		page.on("requestfinished", over);
		page.on("requestfailed", over);
		page.on("response", (response) => {
			// Of the ten streams of events that a login may have, one that was left counts until the server has something to tell.
			if (response.status() === 429 && /\/events$/.test(response.url())) return;
			if (response.status() >= 400) this.refused.push(`${response.status()} ${new URL(response.url()).pathname}`);
		});
	}

	/** The page has asked for all that it shows, and shows it. */
	async settled(): Promise<void> {
		await expect(this.page.locator("h1:not([data-left])").first()).toBeVisible();
		const end = Date.now() + 15_000;
		for (;;) {
			// What an answer leads to is asked for, and drawn, in the frames after it.
			const loading = await this.page.evaluate(async () => {
				for (let i = 0; i < 2; i++) await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
				const told = [...document.querySelectorAll("main p, main [role=status]")].find((one) => /^\s*(Loading|Comparing|Looking in .*)…\s*$/.test(one.textContent ?? ""));
				return told?.textContent?.trim() ?? "";
			});
			if (this.#pending.size === 0 && loading === "" && Date.now() - this.#last > 40) return;
			if (Date.now() > end) throw new Error(`${this.page.url()} does not come to rest: ${loading} ${[...this.#pending].map((request) => request.url()).join(" ")}`);
		}
	}

	/** Loads a page anew. */
	async go(path: string): Promise<void> {
		this.refused = [];
		await this.page.goto(path);
		await this.settled();
	}

	/** Goes to a page as its links lead there. */
	async follow(path: string): Promise<void> {
		this.refused = [];
		await this.page.evaluate((to) => {
			const link = Object.assign(document.createElement("a"), { href: to });
			// The page that is left has its heading until the next one is there.
			if (link.pathname !== location.pathname) document.querySelector("h1")?.setAttribute("data-left", "");
			document.body.append(link);
			link.click();
			link.remove();
		}, path);
		await this.settled();
	}
}

/** How much wider the page is than the window. */
export const beyond = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
