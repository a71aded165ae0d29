// Something that somebody does on a page: one at a time, with a proof where it takes one, and with what came of it.

import { Problem } from "./api";
import { proof } from "./proof.svelte";

export class Deed {
	busy = $state(false);
	problem = $state.raw<Problem | null>(null);
	/** What was done, in words; told to screen readers too. */
	done = $state("");

	/** Whether it was done. */
	async run(what: () => Promise<unknown>, done: string = ""): Promise<boolean> {
		if (this.busy) return false;
		this.busy = true;
		this.problem = null;
		this.done = "";
		try {
			await proof.with(what);
			this.done = done;
			return true;
		} catch (error) {
			this.problem = Problem.of(error);
			return false;
		} finally {
			this.busy = false;
		}
	}

	/** What is wrong with one field. */
	wrong(field: string): string {
		return this.problem?.field === field ? this.problem.message : "";
	}
}
