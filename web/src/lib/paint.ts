/** Does it after what there is was painted, unless the function that it gives is called before. */
export function afterPaint(what: () => void): () => void {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const frame = requestAnimationFrame(() => (timer = setTimeout(what)));
	return () => {
		cancelAnimationFrame(frame);
		clearTimeout(timer);
	};
}
