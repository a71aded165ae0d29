// What walking over pages takes: when one is there, and what went wrong on the way.

import { expect, type Page, type Request } from "@playwright/test";

export class Watch {
	/** Answers of the API that refuse or fail. */
	refused: string[] = [];
	readonly page: Page;
	#pending = new Set<Request>();

	constructor(page: Page) {
		this.page = page;
		page.on("request", (request) => {
			// The stream of events never ends.
			if (/\/api\/v1\//.test(request.url()) && !/\/events$/.test(request.url())) this.#pending.add(request);
		});
		const over = (request: Request) => this.#pending.delete(request);
		page.on("requestfinished", over);
		page.on("requestfailed", over);
		page.on("response", (response) => {
			if (response.status() >= 400) this.refused.push(`${response.status()} ${new URL(response.url()).pathname}`);
		});
	}

	/** The page has asked for all that it shows, and shows it. */
	async settled(): Promise<void> {
		await expect(this.page.getByRole("heading", { level: 1 }).first()).toBeVisible();
		let quiet = 0;
		for (let tries = 0; quiet < 3; tries++) {
			if (tries > 600) throw new Error(`${this.page.url()} does not come to rest: ${[...this.#pending].map((request) => request.url()).join(" ")}`);
			await this.page.waitForTimeout(25);
			quiet = this.#pending.size === 0 ? quiet + 1 : 0;
		}
		await expect(this.page.getByText(/^(Loading|Comparing|Looking in .*)…$/)).toHaveCount(0);
	}

	async go(path: string): Promise<void> {
		this.refused = [];
		await this.page.goto(path);
		await this.settled();
	}
}

/** How much wider the page is than the window. */
export const beyond = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
