// Who is signed in. When a session ends under a page, the page stays as it is, somebody signs in over it, and what was
// asked goes on.

import { enter, onSignedOut, Problem, type Schemas } from "./api";

export type Me = Schemas["me"];

class Session {
	me = $state.raw<Me | null>(null);
	/** Not known yet whether somebody is. */
	starting = $state(true);
	/** A page waits for somebody to sign in again. */
	ended = $state(false);
	#waiting: { go: () => void; stop: (why: Problem) => void }[] = [];

	constructor() {
		onSignedOut(
			() =>
				new Promise((go, stop) => {
					this.#waiting.push({ go, stop });
					this.ended = true;
				}),
		);
	}

	/** Signed in, with all that is due for it. */
	get whole(): boolean {
		return this.me !== null && !this.me.second_factor_due && !this.me.enrolment_due;
	}

	async look(): Promise<void> {
		try {
			const before = this.me?.name;
			const me = (await enter<Me>("GET", "/me")).body;
			// What is on the page is for somebody else's eyes.
			if (before !== undefined && before !== me.name) location.assign("/");
			this.me = me;
			if (!this.whole) return;
			this.ended = false;
			for (const { go } of this.#waiting.splice(0)) go();
		} catch (error) {
			if (!(error instanceof Problem) || error.status !== 401) throw error;
			if (!this.ended) this.me = null;
		} finally {
			this.starting = false;
		}
	}

	async signIn(name: string, password: string): Promise<void> {
		await enter("POST", "/session", { name, password });
		await this.look();
	}

	async giveCode(code: string): Promise<void> {
		await enter("POST", "/session/second-factor", { code });
		await this.look();
	}

	async signOut(): Promise<void> {
		await fetch("/api/v1/session", { method: "DELETE" });
		location.assign("/");
	}

	holds(role: string): boolean {
		return this.me?.roles.some((held) => held.role === role) ?? false;
	}
}

export const session = new Session();
