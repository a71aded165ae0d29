// Long work: asked for, looked after until it ends, or cancelled.

import { act, get, Problem, type Schemas } from "./api";

export type Job = Schemas["job"];

export class Work {
	job = $state.raw<Job | null>(null);
	problem = $state.raw<Problem | null>(null);
	#stopped = false;

	get ends(): boolean {
		return this.job !== null && ["done", "failed", "cancelled"].includes(this.job.state);
	}
	get busy(): boolean {
		return this.job !== null && !this.ends;
	}

	/** Asks for it and goes on looking until it has ended. */
	async run(ask: () => Promise<Job>): Promise<void> {
		this.job = null;
		this.problem = null;
		this.#stopped = false;
		try {
			this.job = await ask();
			for (let wait = 150; !this.ends && !this.#stopped; wait = Math.min(wait * 1.4, 2000)) {
				await new Promise((go) => setTimeout(go, wait));
				this.job = await get<Job>(`/jobs/${this.job.id}`);
			}
			if (this.job.state === "failed") this.problem = new Problem(422, (this.job.problem ?? { detail: "It failed." }) as Partial<Schemas["problem"]>);
		} catch (error) {
			this.problem = Problem.of(error);
		}
	}

	async cancel(): Promise<void> {
		if (!this.job) return;
		try {
			await act("DELETE", `/jobs/${this.job.id}`);
		} catch (error) {
			// It may just have ended.
			if (!(error instanceof Problem) || error.status !== 409) throw error;
		}
	}

	/** Nobody waits for it any more; the server goes on. */
	leave(): void {
		this.#stopped = true;
	}
}
