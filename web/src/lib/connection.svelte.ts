// Whether the server answers. While it does not, it is looked for, and those who wait go on when it is back.

class Connection {
	away = $state(false);
	#waiting: (() => void)[] = [];
	#timer: ReturnType<typeof setTimeout> | undefined;

	lost(): void {
		if (this.away) return;
		this.away = true;
		this.#look(1000);
	}

	found(): void {
		clearTimeout(this.#timer);
		if (!this.away) return;
		this.away = false;
		for (const go of this.#waiting.splice(0)) go();
	}

	/** Ends when the server answers again, or is no longer waited for. */
	back(signal?: AbortSignal): Promise<void> {
		if (!this.away) return Promise.resolve();
		return new Promise((go, stop) => {
			this.#waiting.push(go);
			signal?.addEventListener("abort", () => stop(signal.reason as Error), { once: true });
		});
	}

	#look(after: number): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(async () => {
			try {
				if ((await fetch("/healthz", { cache: "no-store" })).ok) return this.found();
			} catch {
				// It is still away.
			}
			this.#look(Math.min(after * 1.5, 8000));
		}, after);
	}
}

export const connection = new Connection();
