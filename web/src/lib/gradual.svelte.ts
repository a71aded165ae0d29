// What a long page has first: as much as can be seen, so that it is there at once. The rest follows in the frames after it.

/**
 * How many of `count` things to make by now: `step` of them, and as many more with each frame, from the beginning whenever what `anew`
 * gives has changed. To be called while a component is made.
 */
export function gradually(count: () => number, step: number, anew: () => unknown = () => null): { readonly most: number } {
	let most = $state(step);
	const all = $derived(count());
	const asked = $derived(anew());
	$effect.pre(() => {
		void asked;
		most = step;
	});
	$effect(() => {
		if (most >= all) return;
		// After what there is was painted.
		let timer: ReturnType<typeof setTimeout> | undefined;
		const frame = requestAnimationFrame(() => (timer = setTimeout(() => (most += step))));
		return () => {
			cancelAnimationFrame(frame);
			clearTimeout(timer);
		};
	});
	return {
		get most() {
			return most;
		},
	};
}
