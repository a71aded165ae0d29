// Some things are done only by whoever has just proven who he is. Where the server asks for that, a dialog asks for the password
// or the second factor, and what was refused is asked once more.

import { Problem } from "./api";

class Proof {
	/** A dialog is to ask. */
	asked = $state(false);
	#waiting: { go: () => void; stop: (why: Problem) => void }[] = [];

	/** Does what may need a proof. */
	async with<T>(what: () => Promise<T>): Promise<T> {
		try {
			return await what();
		} catch (error) {
			if (!(error instanceof Problem) || error.status !== 403 || error.field !== "proof") throw error;
			await new Promise<void>((go, stop) => {
				this.#waiting.push({ go, stop });
				this.asked = true;
			});
			return what();
		}
	}

	given(): void {
		this.asked = false;
		for (const { go } of this.#waiting.splice(0)) go();
	}

	refused(): void {
		this.asked = false;
		for (const { stop } of this.#waiting.splice(0)) stop(new Problem(403, { detail: "Nothing was done, as you did not prove who you are." }));
	}
}

export const proof = new Proof();
