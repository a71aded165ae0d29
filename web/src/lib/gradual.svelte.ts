// What a long page has first: as much as can be seen, so that it is there at once. The rest follows in the frames after it.

import { flushSync, untrack } from "svelte";
import { afterPaint } from "./paint";

/**
 * How many of `count` things to make by now: as many as are together as large as `step`, and with each frame three times as much more, from the
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
	const some = $derived(all > 0);
	const asked = $derived(anew());
	/** So much more than so many. */
	function after(made: number, more: number): number {
		let end = made;
		for (let sum = 0; sum < more && end < all; end++) sum += size(end);
		return Math.max(end, made + 1);
	}
	$effect.pre(() => {
		void [asked, some];
		most = untrack(() => after(0, step));
	});
	$effect(() => {
		if (most < all) return afterPaint(() => (most = after(most, 3 * step)));
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
