/** Does it after what there is was painted, and so many milliseconds more, unless the function that it gives is called before. */
export function afterPaint(what: () => void, more = 0): () => void {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const frame = requestAnimationFrame(() => (timer = setTimeout(what, more)));
	return () => {
		cancelAnimationFrame(frame);
		clearTimeout(timer);
	};
}
