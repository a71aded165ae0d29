// What a long page has first: as much as can be seen, so that it is there at once. The rest follows in the frames after it.

import { flushSync } from "svelte";
import { afterPaint } from "./paint";

/**
 * How many of `count` things to make by now: as many as are together as large as `step`, and as many more with each frame, from the
 * beginning whenever what `anew` gives has changed. What is printed has all. To be called while a component is made.
 */
export function gradually(
	count: () => number,
	step: number,
	anew: () => unknown = () => null,
	size: (index: number) => number = () => 1,
): { readonly most: number } {
	let most = $state(0);
	const all = $derived(count());
	const asked = $derived(anew());
	/** One step more than so many. */
	function after(made: number): number {
		let end = made;
		for (let sum = 0; sum < step && end < all; end++) sum += size(end);
		return Math.max(end, made + 1);
	}
	$effect.pre(() => {
		void asked;
		most = after(0);
	});
	$effect(() => {
		if (most < all) return afterPaint(() => (most = after(most)));
		return undefined;
	});
	$effect(() => {
		const print = () => flushSync(() => (most = all));
		addEventListener("beforeprint", print);
		return () => removeEventListener("beforeprint", print);
	});
	return {
		get most() {
			return most;
		},
	};
}
