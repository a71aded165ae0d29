import { untrack } from "svelte";
import { Problem } from "./api";

/** What was asked for, as far as it has come. What came before stays until there is something newer. */
export class Loaded<T> {
	value = $state.raw<T | undefined>();
	problem = $state.raw<Problem | undefined>();
	busy = $state(true);
	/** Asks once more. */
	again: () => void = () => {};
}

/**
 * Asks, and asks anew whenever something that `ask` reads changes; an answer that was overtaken is dropped. What `known` gives, where it
 * is something, stands there until the answer has come. To be called while a component is made, before whose elements it asks: the server works
 * while those are made.
 */
export function load<T>(ask: (signal: AbortSignal) => Promise<T>, known: () => T | undefined = () => undefined): Loaded<T> {
	const loaded = new Loaded<T>();
	loaded.value = known();
	let turn = $state(0);
	loaded.again = () => void turn++;
	$effect.pre(() => {
		void turn;
		const stop = new AbortController();
		loaded.busy = true;
		loaded.value = known() ?? untrack(() => loaded.value);
		ask(stop.signal).then(
			(value) => {
				if (stop.signal.aborted) return;
				loaded.value = value;
				loaded.problem = undefined;
				loaded.busy = false;
			},
			(error: unknown) => {
				if (stop.signal.aborted) return;
				loaded.problem = Problem.of(error);
				loaded.busy = false;
			},
		);
		return () => stop.abort();
	});
	return loaded;
}
